// Compiled with AVX2 and FMA: products that are added to something are rounded once, as in ATen's kernels.

#include "rows.h"

#include <immintrin.h>

#include <algorithm>
#include <cmath>

namespace rows {

bool supported() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

void linear(float* scale, float* shift, const float* weight, const float* bias, const float* mean, const float* invstd,
            int64_t channels) {
  for (int64_t c = 0; c < channels; c++) {
    scale[c] = invstd[c] * weight[c];
    shift[c] = std::fma(-mean[c], scale[c], bias[c]);
  }
}

void inverse_deviations(float* invstd, const float* variance, double eps, int64_t channels) {
  for (int64_t c = 0; c < channels; c++) invstd[c] = 1 / std::sqrt(variance[c] + static_cast<float>(eps));
}

namespace {

// Eight values as floats.
inline __m256 load(const float* from) { return _mm256_loadu_ps(from); }

inline __m256 load(const uint16_t* from) {
  const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
}

inline void store(float* to, __m256 values) { _mm256_storeu_ps(to, values); }

// Rounds to the nearest bfloat16, ties to even; what is not a number stays so.
inline void store(uint16_t* to, __m256 values) {
  const __m256i bits = _mm256_castps_si256(values);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i half = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
  const __m256i rounded = _mm256_srli_epi32(_mm256_add_epi32(bits, half), 16);
  const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(values, values, _CMP_UNORD_Q));
  const __m256i kept = _mm256_blendv_epi8(rounded, _mm256_set1_epi32(0x7fc0), nan);
  const __m128i packed = _mm_packus_epi32(_mm256_castsi256_si128(kept), _mm256_extracti128_si256(kept, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), packed);
}

// Calls work(first row, rows, first column) with as many vectors of columns at once as fit into registers, and with few enough
// rows that they are still in the cache when their other columns are read.
template <typename Work1, typename Work2, typename Work4>
void tiles(int64_t count, int64_t channels, Work1 one, Work2 two, Work4 four) {
  const int64_t tile = channels <= 4 * LANES ? count : std::max<int64_t>(8, 8192 / channels);
  for (int64_t first = 0; first < count; first += tile) {
    const int64_t rows = std::min(tile, count - first);
    int64_t column = 0;
    for (; column + 4 * LANES <= channels; column += 4 * LANES) four(first, rows, column);
    for (; column + 2 * LANES <= channels; column += 2 * LANES) two(first, rows, column);
    for (; column < channels; column += LANES) one(first, rows, column);
  }
}

template <int V, typename Scalar>
void sum_tile(float* sum, const Scalar* x, int64_t count, int64_t channels) {
  __m256 sums[V];
  for (int v = 0; v < V; v++) sums[v] = load(sum + v * LANES);
  for (int64_t i = 0; i < count; i++, x += channels)
    for (int v = 0; v < V; v++) sums[v] = _mm256_add_ps(sums[v], load(x + v * LANES));
  for (int v = 0; v < V; v++) store(sum + v * LANES, sums[v]);
}

template <int V, typename Scalar>
void squares_tile(float* sum, const Scalar* x, const float* mean, int64_t count, int64_t channels) {
  __m256 sums[V], means[V];
  for (int v = 0; v < V; v++) {
    sums[v] = load(sum + v * LANES);
    means[v] = load(mean + v * LANES);
  }
  for (int64_t i = 0; i < count; i++, x += channels)
    for (int v = 0; v < V; v++) {
      const __m256 centred = _mm256_sub_ps(load(x + v * LANES), means[v]);
      sums[v] = _mm256_fmadd_ps(centred, centred, sums[v]);
    }
  for (int v = 0; v < V; v++) store(sum + v * LANES, sums[v]);
}

template <int V, typename Scalar>
void apply_tile(Scalar* y, const Scalar* x, const float* scale, const float* shift, int64_t count, int64_t channels) {
  __m256 scales[V], shifts[V];
  for (int v = 0; v < V; v++) {
    scales[v] = load(scale + v * LANES);
    shifts[v] = load(shift + v * LANES);
  }
  for (int64_t i = 0; i < count; i++, x += channels, y += channels)
    for (int v = 0; v < V; v++) store(y + v * LANES, _mm256_fmadd_ps(load(x + v * LANES), scales[v], shifts[v]));
}

template <int V, typename Scalar>
void gradients_tile(float* sum, float* product, const Scalar* x, const Scalar* dy, const float* mean, int64_t count,
                    int64_t channels) {
  __m256 sums[V], products[V], means[V];
  for (int v = 0; v < V; v++) {
    sums[v] = load(sum + v * LANES);
    products[v] = load(product + v * LANES);
    means[v] = load(mean + v * LANES);
  }
  for (int64_t i = 0; i < count; i++, x += channels, dy += channels)
    for (int v = 0; v < V; v++) {
      const __m256 gradient = load(dy + v * LANES);
      sums[v] = _mm256_add_ps(gradient, sums[v]);
      products[v] = _mm256_fmadd_ps(_mm256_sub_ps(load(x + v * LANES), means[v]), gradient, products[v]);
    }
  for (int v = 0; v < V; v++) {
    store(sum + v * LANES, sums[v]);
    store(product + v * LANES, products[v]);
  }
}

template <int V, typename Scalar>
void backward_tile(Scalar* dx, const Scalar* x, const Scalar* dy, const float* mean, const float* slope,
                   const float* grad_mean, const float* invstd, const float* weight, int64_t count, int64_t channels) {
  __m256 means[V], slopes[V], grad_means[V], invstds[V], weights[V];
  for (int v = 0; v < V; v++) {
    means[v] = load(mean + v * LANES);
    slopes[v] = load(slope + v * LANES);
    grad_means[v] = load(grad_mean + v * LANES);
    invstds[v] = load(invstd + v * LANES);
    weights[v] = load(weight + v * LANES);
  }
  for (int64_t i = 0; i < count; i++, x += channels, dy += channels, dx += channels)
    for (int v = 0; v < V; v++) {
      const __m256 centred = _mm256_sub_ps(load(x + v * LANES), means[v]);
      const __m256 gradient = _mm256_sub_ps(load(dy + v * LANES), grad_means[v]);
      const __m256 rest = _mm256_fnmadd_ps(centred, slopes[v], gradient);
      store(dx + v * LANES, _mm256_mul_ps(_mm256_mul_ps(rest, invstds[v]), weights[v]));
    }
}

}  // namespace

template <typename Scalar>
void Rows<Scalar>::sum(float* sum, const Scalar* x, int64_t count, int64_t channels) {
  const auto tile = [=](auto vectors) {
    return [=](int64_t first, int64_t rows, int64_t column) {
      sum_tile<vectors.value>(sum + column, x + first * channels + column, rows, channels);
    };
  };
  tiles(count, channels, tile(std::integral_constant<int, 1>()), tile(std::integral_constant<int, 2>()),
        tile(std::integral_constant<int, 4>()));
}

template <typename Scalar>
void Rows<Scalar>::squares(float* sum, const Scalar* x, const float* mean, int64_t count, int64_t channels) {
  const auto tile = [=](auto vectors) {
    return [=](int64_t first, int64_t rows, int64_t column) {
      squares_tile<vectors.value>(sum + column, x + first * channels + column, mean + column, rows, channels);
    };
  };
  tiles(count, channels, tile(std::integral_constant<int, 1>()), tile(std::integral_constant<int, 2>()),
        tile(std::integral_constant<int, 4>()));
}

template <typename Scalar>
void Rows<Scalar>::apply(Scalar* y, const Scalar* x, const float* scale, const float* shift, int64_t count,
                         int64_t channels) {
  const auto tile = [=](auto vectors) {
    return [=](int64_t first, int64_t rows, int64_t column) {
      const int64_t at = first * channels + column;
      apply_tile<vectors.value>(y + at, x + at, scale + column, shift + column, rows, channels);
    };
  };
  tiles(count, channels, tile(std::integral_constant<int, 1>()), tile(std::integral_constant<int, 2>()),
        tile(std::integral_constant<int, 4>()));
}

template <typename Scalar>
void Rows<Scalar>::gradients(float* sum, float* product, const Scalar* x, const Scalar* dy, const float* mean,
                             int64_t count, int64_t channels) {
  const auto tile = [=](auto vectors) {
    return [=](int64_t first, int64_t rows, int64_t column) {
      const int64_t at = first * channels + column;
      gradients_tile<vectors.value>(sum + column, product + column, x + at, dy + at, mean + column, rows, channels);
    };
  };
  tiles(count, channels, tile(std::integral_constant<int, 1>()), tile(std::integral_constant<int, 2>()),
        tile(std::integral_constant<int, 4>()));
}

template <typename Scalar>
void Rows<Scalar>::backward(Scalar* dx, const Scalar* x, const Scalar* dy, const float* mean, const float* slope,
                            const float* grad_mean, const float* invstd, const float* weight, int64_t count,
                            int64_t channels) {
  const auto tile = [=](auto vectors) {
    return [=](int64_t first, int64_t rows, int64_t column) {
      const int64_t at = first * channels + column;
      backward_tile<vectors.value>(dx + at, x + at, dy + at, mean + column, slope + column, grad_mean + column,
                                   invstd + column, weight + column, rows, channels);
    };
  };
  // Five constants a vector: more than two would not fit into registers.
  const auto two = tile(std::integral_constant<int, 2>());
  const auto four = [=](int64_t first, int64_t rows, int64_t column) {
    two(first, rows, column);
    two(first, rows, column + 2 * LANES);
  };
  tiles(count, channels, tile(std::integral_constant<int, 1>()), two, four);
}

template struct Rows<uint16_t>;
template struct Rows<float>;

}  // namespace rows

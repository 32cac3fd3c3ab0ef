// Compiled with AVX2 and FMA. Whether a product is rounded before it is added to something is written out, and is as in ATen's
// AVX2 kernels, which it uses on processors with AVX-512 as well.

#include "rows.h"

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace rows {

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

// Eight values as they lie in memory, and as floats.
inline __m256 raw(const float* from) { return _mm256_loadu_ps(from); }
inline __m128i raw(const uint16_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
inline void keep(float* to, __m256 values) { _mm256_storeu_ps(to, values); }
inline void keep(uint16_t* to, __m128i values) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), values); }
inline __m256 floats(__m256 values) { return values; }
inline __m256 floats(__m128i values) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(values), 16));
}

template <typename Scalar>
inline __m256 load(const Scalar* from) {
  return floats(raw(from));
}

// Stores eight values, rounded.
inline void store(float* to, __m256 values) { _mm256_storeu_ps(to, values); }

// The nearest bfloat16 in the upper half of each place, ties to even; what is not a number stays so.
inline __m256i nearest_bfloat16(__m256 values) {
  const __m256i bits = _mm256_castps_si256(values);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i half = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
  const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(values, values, _CMP_UNORD_Q));
  return _mm256_blendv_epi8(_mm256_add_epi32(bits, half), _mm256_set1_epi32(0x7fc00000), nan);
}

inline void store(uint16_t* to, __m256 values) {
  const __m256i upper = _mm256_srli_epi32(nearest_bfloat16(values), 16);
  const __m128i packed = _mm_packus_epi32(_mm256_castsi256_si128(upper), _mm256_extracti128_si256(upper, 1));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), packed);
}

// What a store to `to` and a load from there would give.
inline __m256 rounded(const float*, __m256 values) { return values; }

inline __m256 rounded(const uint16_t*, __m256 values) {
  return _mm256_castsi256_ps(_mm256_and_si256(nearest_bfloat16(values), _mm256_set1_epi32(0xffff0000)));
}

// Calls work(vectors, first row, rows, first column) for every row and column, with as many as `most` vectors of columns at
// once, and with few enough rows that they are still in the cache when their other columns are read.
template <int most, typename Work>
void tiles(int64_t count, int64_t channels, Work work) {
  const int64_t tile = std::max<int64_t>(8, 8192 / channels);
  for (int64_t first = 0; first < count; first += tile) {
    const int64_t rows = std::min(tile, count - first);
    int64_t column = 0;
    if constexpr (most >= 4)
      for (; column + 4 * LANES <= channels; column += 4 * LANES)
        work(std::integral_constant<int, 4>(), first, rows, column);
    for (; column + 2 * LANES <= channels; column += 2 * LANES)
      work(std::integral_constant<int, 2>(), first, rows, column);
    for (; column < channels; column += LANES) work(std::integral_constant<int, 1>(), first, rows, column);
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

template <int V, bool ADD, bool RELU, typename Scalar>
void apply_tile(Scalar* y, const Scalar* x, const float* scale, const float* shift, const Scalar* shortcut, int64_t count,
                int64_t channels) {
  __m256 scales[V], shifts[V];
  for (int v = 0; v < V; v++) {
    scales[v] = load(scale + v * LANES);
    shifts[v] = load(shift + v * LANES);
  }
  for (int64_t at = 0; at < count * channels; at += channels)
    for (int v = 0; v < V; v++) {
      __m256 value = _mm256_fmadd_ps(load(x + at + v * LANES), scales[v], shifts[v]);
      if constexpr (ADD) value = _mm256_add_ps(rounded(x, value), load(shortcut + at + v * LANES));
      // In this order what is not a number stays so.
      if constexpr (RELU) value = _mm256_max_ps(_mm256_setzero_ps(), value);
      store(y + at + v * LANES, value);
    }
}

// `values` where the output of a ReLU is more than 0 or is not a number, and 0 elsewhere. The bits of such a bfloat16 are more
// than 0 as an integer, as what is not a number is stored with a positive sign.
inline __m256 where_open(__m256 values, __m256 output) {
  return _mm256_and_ps(values, _mm256_cmp_ps(output, _mm256_setzero_ps(), _CMP_NLE_UQ));
}
inline __m128i where_open(__m128i values, __m128i output) {
  return _mm_and_si128(values, _mm_cmpgt_epi16(output, _mm_setzero_si128()));
}

// The gradient before a ReLU whose output is `y`; without one, that after it.
template <bool RELU, typename Scalar>
inline auto gradient(const Scalar* dy, const Scalar* y, int64_t at) {
  if constexpr (RELU) return where_open(raw(dy + at), raw(y + at));
  return raw(dy + at);
}

template <int V, bool RELU, bool KEEP, typename Scalar>
void gradients_tile(float* sum, float* product, Scalar* masked, const Scalar* x, const Scalar* dy, const Scalar* y,
                    const float* mean, int64_t count, int64_t channels) {
  __m256 sums[V], products[V], means[V];
  for (int v = 0; v < V; v++) {
    sums[v] = load(sum + v * LANES);
    products[v] = load(product + v * LANES);
    means[v] = load(mean + v * LANES);
  }
  for (int64_t at = 0; at < count * channels; at += channels)
    for (int v = 0; v < V; v++) {
      const int64_t here = at + v * LANES;
      const auto bits = gradient<RELU>(dy, y, here);
      if constexpr (KEEP) keep(masked + here, bits);
      const __m256 g = floats(bits);
      sums[v] = _mm256_add_ps(g, sums[v]);
      products[v] = _mm256_fmadd_ps(_mm256_sub_ps(load(x + here), means[v]), g, products[v]);
    }
  for (int v = 0; v < V; v++) {
    store(sum + v * LANES, sums[v]);
    store(product + v * LANES, products[v]);
  }
}

template <int V, bool RELU, typename Scalar>
void backward_tile(Scalar* dx, const Scalar* x, const Scalar* dy, const Scalar* y, const float* mean, const float* slope,
                   const float* grad_mean, const float* invstd, const float* weight, int64_t count, int64_t channels) {
  // ATen rounds this product before it is subtracted where it computes 16 channels of bfloat16 at once, and only there.
  constexpr bool fused = V == 1 || std::is_same_v<Scalar, float>;
  __m256 means[V], slopes[V], grad_means[V], invstds[V], weights[V];
  for (int v = 0; v < V; v++) {
    means[v] = load(mean + v * LANES);
    slopes[v] = load(slope + v * LANES);
    grad_means[v] = load(grad_mean + v * LANES);
    invstds[v] = load(invstd + v * LANES);
    weights[v] = load(weight + v * LANES);
  }
  for (int64_t at = 0; at < count * channels; at += channels)
    for (int v = 0; v < V; v++) {
      const int64_t here = at + v * LANES;
      const __m256 centred = _mm256_sub_ps(load(x + here), means[v]);
      const __m256 g = _mm256_sub_ps(floats(gradient<RELU>(dy, y, here)), grad_means[v]);
      const __m256 rest = fused ? _mm256_fnmadd_ps(centred, slopes[v], g)
                                : _mm256_sub_ps(g, _mm256_mul_ps(centred, slopes[v]));
      store(dx + here, _mm256_mul_ps(_mm256_mul_ps(rest, invstds[v]), weights[v]));
    }
}

// Calls `work` with the type of a truth value that is known when the program runs.
template <typename Work>
void choose(bool value, Work work) {
  if (value) {
    work(std::true_type());
  } else {
    work(std::false_type());
  }
}

}  // namespace

template <typename Scalar>
void Rows<Scalar>::sum(float* sum, const Scalar* x, int64_t count, int64_t channels) {
  tiles<4>(count, channels, [=](auto vectors, int64_t first, int64_t rows, int64_t column) {
    sum_tile<vectors.value>(sum + column, x + first * channels + column, rows, channels);
  });
}

template <typename Scalar>
void Rows<Scalar>::squares(float* sum, const Scalar* x, const float* mean, int64_t count, int64_t channels) {
  tiles<4>(count, channels, [=](auto vectors, int64_t first, int64_t rows, int64_t column) {
    squares_tile<vectors.value>(sum + column, x + first * channels + column, mean + column, rows, channels);
  });
}

template <typename Scalar>
void Rows<Scalar>::apply(Scalar* y, const Scalar* x, const float* scale, const float* shift, const Scalar* shortcut,
                         bool relu, int64_t count, int64_t channels) {
  choose(shortcut != nullptr, [=](auto add) {
    choose(relu, [=](auto relu) {
      tiles<4>(count, channels, [=](auto vectors, int64_t first, int64_t rows, int64_t column) {
        const int64_t at = first * channels + column;
        apply_tile<vectors.value, add.value, relu.value>(y + at, x + at, scale + column, shift + column,
                                                         shortcut + (add.value ? at : 0), rows, channels);
      });
    });
  });
}

template <typename Scalar>
void Rows<Scalar>::gradients(float* sum, float* product, Scalar* masked, const Scalar* x, const Scalar* dy,
                             const Scalar* y, const float* mean, int64_t count, int64_t channels) {
  choose(y != nullptr, [=](auto relu) {
    choose(masked != nullptr, [=](auto keep) {
      tiles<4>(count, channels, [=](auto vectors, int64_t first, int64_t rows, int64_t column) {
        const int64_t at = first * channels + column;
        gradients_tile<vectors.value, relu.value, keep.value>(
            sum + column, product + column, masked + (keep.value ? at : 0), x + at, dy + at,
            y + (relu.value ? at : 0), mean + column, rows, channels);
      });
    });
  });
}

template <typename Scalar>
void Rows<Scalar>::backward(Scalar* dx, const Scalar* x, const Scalar* dy, const Scalar* y, const float* mean,
                            const float* slope, const float* grad_mean, const float* invstd, const float* weight,
                            int64_t count, int64_t channels) {
  choose(y != nullptr, [=](auto relu) {
    // Five constants a vector: more than two would not fit into registers.
    tiles<2>(count, channels, [=](auto vectors, int64_t first, int64_t rows, int64_t column) {
      const int64_t at = first * channels + column;
      backward_tile<vectors.value, relu.value>(dx + at, x + at, dy + at, y + (relu.value ? at : 0), mean + column,
                                               slope + column, grad_mean + column, invstd + column, weight + column,
                                               rows, channels);
    });
  });
}

template struct Rows<uint16_t>;
template struct Rows<float>;

}  // namespace rows

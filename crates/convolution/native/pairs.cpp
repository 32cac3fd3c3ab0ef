// Compiled with AVX-512 (F and VL).

#include "pairs.h"

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "unrolled.h"

namespace convolution {
namespace {

constexpr int KERNEL = 3;
constexpr int64_t PAIR = 2 * LANES;
// From a row of the kernel to the next, and from a column to the next, in floats.
constexpr int64_t ROW = KERNEL * LANES * LANES, COLUMN = LANES * LANES;

// Where a row of the input counts: three rows of results, one for each row of the kernel.
struct Results {
  float* rows[KERNEL];
  // Whether nothing has been counted there yet.
  bool fresh[KERNEL];
};

// Counts a row for `pairs` pairs of results from the column `at` on; of the last pair, those that `last` names. `x` is the row from its
// pixel −1 on. D is 1 where columns of the input and of the kernel go the same way, and −1 where they go opposite ways.
template <int pairs, int D>
void count(const float* x, const float* w, const Results& results, int64_t at, __mmask16 last) {
  __m512 sums[KERNEL * pairs];
  const auto mask = [&](int pair) -> __mmask16 { return pair == pairs - 1 ? last : 0xffff; };
  each<KERNEL * pairs>([&](auto i) {
    constexpr int row = i / pairs, pair = i % pairs;
    sums[i] = results.fresh[row] ? _mm512_setzero_ps()
                                 : _mm512_maskz_loadu_ps(mask(pair), results.rows[row] + at * LANES + pair * PAIR);
  });
  for (int column = 0; column < KERNEL; column++, w += COLUMN) {
    const float* from = x + (at + 1 + D * (column - 1)) * LANES;
    // Channels 0 to 3 of both pixels, then 4 to 7, each four twice in a row.
    each<2>([&](auto half) {
      __m512 values[pairs];
      each<pairs>([&](auto pair) {
        const __m512 both = _mm512_loadu_ps(from + pair * PAIR);
        values[pair] = _mm512_shuffle_f32x4(both, both, half == 0 ? 0xa0 : 0xf5);
      });
      each<4>([&](auto channel) {
        __m512 weights[KERNEL];
        each<KERNEL>([&](auto row) {
          const __m256 eight = _mm256_loadu_ps(w + row * ROW + (half * 4 + channel) * LANES);
          weights[row] = _mm512_castpd_ps(_mm512_broadcast_f64x4(_mm256_castps_pd(eight)));
        });
        each<pairs>([&](auto pair) {
          const __m512 value = _mm512_permute_ps(values[pair], channel * 0x55);
          each<KERNEL>([&](auto row) {
            __m512& sum = sums[row * pairs + pair];
            sum = _mm512_fmadd_ps(value, weights[row], sum);
          });
        });
      });
    });
  }
  each<KERNEL * pairs>([&](auto i) {
    constexpr int row = i / pairs, pair = i % pairs;
    _mm512_mask_storeu_ps(results.rows[row] + at * LANES + pair * PAIR, mask(pair), sums[i]);
  });
}

constexpr int MOST_PAIRS = 4;

template <int D, int... pairs>
auto pick(int64_t count_of_pairs, std::integer_sequence<int, pairs...>) {
  constexpr void (*all[])(const float*, const float*, const Results&, int64_t, __mmask16) = {count<pairs + 1, D>...};
  return all[count_of_pairs - 1];
}

// With D = 1 the convolution of images with w, with D = −1 with w turned around: rows then come from the last to the first, so that the
// rows of the kernel come in order either way.
template <int D>
void convolve(const Shape& s, const float* from, const float* w, float* to, int64_t first, int64_t end) {
  const int64_t row_size = s.width * LANES, pairs = (s.width + 1) / 2, blocks = (pairs + MOST_PAIRS - 1) / MOST_PAIRS;
  const __mmask16 last = s.width % 2 == 0 ? 0xffff : 0xff;
  // A row with zero padding, one pixel before it and two behind it, and results for which there is no row.
  const auto padded = std::make_unique<float[]>(row_size + 3 * LANES), none = std::make_unique<float[]>(row_size);
  for (int64_t image = first; image < end; image++)
    for (int64_t done = 0; done < s.height; done++) {
      const int64_t row = D > 0 ? done : s.height - 1 - done;
      std::memcpy(padded.get() + LANES, from + image * s.image() + row * row_size, row_size * sizeof(float));
      Results results;
      for (int k = 0; k < KERNEL; k++) {
        const int64_t out = row + D * (1 - k);
        const bool is_there = out >= 0 && out < s.height;
        results.rows[k] = is_there ? to + image * s.image() + out * row_size : none.get();
        results.fresh[k] = !is_there || k == 0 || done == 0;
      }
      for (int64_t block = 0; block < blocks; block++) {
        const int64_t pair = pairs * block / blocks, here = pairs * (block + 1) / blocks - pair;
        const auto count = pick<D>(here, std::make_integer_sequence<int, MOST_PAIRS>());
        count(padded.get(), w, results, 2 * pair, block == blocks - 1 ? last : 0xffff);
      }
    }
}

}  // namespace

void pairs_forward(const Shape& s, const float* x, const float* w, float* y, int64_t first, int64_t end) {
  convolve<1>(s, x, w, y, first, end);
}

void pairs_input_gradient(const Shape& s, const float* dy, const float* w, float* dx, int64_t first, int64_t end) {
  convolve<-1>(s, dy, w, dx, first, end);
}

}  // namespace convolution

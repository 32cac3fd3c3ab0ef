// The kernels for processors with AVX2 and FMA.

#include <immintrin.h>

#include "kernels.h"
#include "winograd.h"

#define REGISTERS 16
#define Wide Narrow
#include "kernels.inl"
#include "winograd.inl"

namespace convolution {

const Kernels avx2 = {forward, input_gradient, weight_gradient};
const Winograd winograd_avx2 = {winograd_weights, winograd_forward, winograd_products, winograd_weight_gradient};

namespace {

// Eight rows of eight floats.
void transpose_tile(const float* from, int64_t from_step, float* to, int64_t to_step) {
  __m256 rows[8], pairs[8], fours[8];
  for (int r = 0; r < 8; r++) rows[r] = _mm256_loadu_ps(from + r * from_step);
  for (int r = 0; r < 8; r += 2) {
    pairs[r] = _mm256_unpacklo_ps(rows[r], rows[r + 1]);
    pairs[r + 1] = _mm256_unpackhi_ps(rows[r], rows[r + 1]);
  }
  for (int r = 0; r < 8; r += 4)
    for (int h = 0; h < 2; h++) {
      fours[r + 2 * h] = _mm256_shuffle_ps(pairs[r + h], pairs[r + h + 2], 0x44);
      fours[r + 2 * h + 1] = _mm256_shuffle_ps(pairs[r + h], pairs[r + h + 2], 0xee);
    }
  for (int c = 0; c < 4; c++) {
    _mm256_storeu_ps(to + c * to_step, _mm256_permute2f128_ps(fours[c], fours[c + 4], 0x20));
    _mm256_storeu_ps(to + (c + 4) * to_step, _mm256_permute2f128_ps(fours[c], fours[c + 4], 0x31));
  }
}

}  // namespace

void transpose(const float* from, int64_t from_step, float* to, int64_t to_step, int64_t rows, int64_t columns) {
  constexpr int64_t tile = 8;
  for (int64_t row = 0; row < rows; row += tile)
    for (int64_t column = 0; column < columns; column += tile) {
      const float* here = from + row * from_step + column;
      float* there = to + column * to_step + row;
      if (row + tile <= rows && column + tile <= columns) {
        transpose_tile(here, from_step, there, to_step);
        continue;
      }
      for (int64_t c = 0; c < std::min(tile, columns - column); c++)
        for (int64_t r = 0; r < std::min(tile, rows - row); r++) there[c * to_step + r] = here[r * from_step + c];
    }
}

}  // namespace convolution

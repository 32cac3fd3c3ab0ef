// Compiled with AVX2.

#include "bias.h"

#include <immintrin.h>

#include "kernels.h"

namespace convolution {

void add_bias_and_relu(float* y, const float* bias, int64_t pixels, int64_t channels) {
  const __m256 zero = _mm256_setzero_ps();
  for (int64_t c = 0; c < channels; c += LANES) {
    const __m256 added = _mm256_loadu_ps(bias + c);
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
      float* at = y + pixel * channels + c;
      // The second is taken where either is not a number.
      _mm256_storeu_ps(at, _mm256_max_ps(zero, _mm256_add_ps(_mm256_loadu_ps(at), added)));
    }
  }
}

void relu_and_bias_gradient(float* dz, float* sum, const float* dy, const float* y, int64_t pixels, int64_t channels) {
  const __m256 zero = _mm256_setzero_ps();
  for (int64_t c = 0; c < channels; c += LANES) {
    __m256 total = zero;
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
      const int64_t at = pixel * channels + c;
      // As libtorch has it: 0 where y ≤ 0, which what is not a number is not.
      const __m256 off = _mm256_cmp_ps(_mm256_loadu_ps(y + at), zero, _CMP_LE_OQ);
      const __m256 gradient = _mm256_andnot_ps(off, _mm256_loadu_ps(dy + at));
      _mm256_storeu_ps(dz + at, gradient);
      total = _mm256_add_ps(total, gradient);
    }
    _mm256_storeu_ps(sum + c, total);
  }
}

}  // namespace convolution

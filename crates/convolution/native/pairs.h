// Convolution of eight channels into eight by 3×3 kernels, at stride 1 and with padding 1: two pixels in a vector of AVX-512, which
// eight channels would leave half empty.
//
// Every output is the chain of fused multiply-adds that kernels.h makes of it, but that zeros on the left and right are multiplied like
// other pixels, which changes nothing where weights are finite. A row is read once for the three rows of results that it counts for; these
// wait in memory meanwhile.

#pragma once

#include "kernels.h"

namespace convolution {

// Images with a single row or column do not see all of the kernel, of which the rest is not packed.
constexpr int64_t LEAST_SIDE = 2;

inline bool in_pairs(const Shape& s) {
  return s.inputs == LANES && s.outputs == LANES && s.kernel == 3 && s.stride == 1 && s.padding == 1 &&
         s.height >= LEAST_SIDE && s.width >= LEAST_SIDE;
}

// As those of Kernels.
void pairs_forward(const Shape& shape, const float* x, const float* w, float* y, int64_t first, int64_t end);
void pairs_input_gradient(const Shape& shape, const float* dy, const float* w, float* dx, int64_t first, int64_t end);

}  // namespace convolution

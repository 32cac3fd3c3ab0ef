// What follows a convolution with a bias: the bias is added and a ReLU taken, in one pass over the images.

#pragma once

#include <cstdint>

namespace convolution {

// y = max(y + bias, 0) over `pixels` rows of `channels`, a multiple of LANES. What is not a number stays so. Needs AVX2.
void add_bias_and_relu(float* y, const float* bias, int64_t pixels, int64_t channels);

// dz = dy where the ReLU's output `y` is above 0, and 0 elsewhere; `sum` becomes the sum of dz over the pixels. Needs AVX2.
void relu_and_bias_gradient(float* dz, float* sum, const float* dy, const float* y, int64_t pixels, int64_t channels);

}  // namespace convolution

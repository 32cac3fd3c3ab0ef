// Convolutions without bias of float32 images in channels-last memory on a CPU, and their gradients: what autograd is built on.

#pragma once

#include <ATen/ATen.h>

namespace convolution {

// Whether these kernels take images `x`, or float32 ones of such sizes in channels-last memory. Where the gradient of the images may be asked
// for, `learns`, their channels must be a multiple of LANES.
bool takes(const at::Tensor& x, const at::Tensor& weight, int64_t stride, int64_t padding, bool learns);
bool takes(at::IntArrayRef x, const at::Tensor& weight, int64_t stride, int64_t padding, bool learns);

// Whether any of the three goes Winograd's way.
bool is_winograd(at::IntArrayRef x, at::IntArrayRef weight, int64_t stride, int64_t padding);

at::Tensor forward(const at::Tensor& x, const at::Tensor& weight, int64_t stride, int64_t padding);

// `dy` is channels-last; of `x` the sizes count.
at::Tensor input_gradient(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& weight, int64_t stride, int64_t padding);

at::Tensor weight_gradient(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& weight, int64_t stride,
                           int64_t padding);

}  // namespace convolution

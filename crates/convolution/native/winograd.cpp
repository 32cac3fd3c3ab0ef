// Winograd's way to convolve, over winograd.h.

#include <ATen/Parallel.h>

#include <algorithm>

#include "packing.h"
#include "winograd.h"

namespace convolution {
namespace {

using at::Tensor;

const Winograd& kernels() { return has_avx512() ? winograd_avx512 : winograd_avx2; }

// The convolution of `x` with weights that lie as kernel row, kernel column, input, output.
Tensor convolve(const Shape& s, const Tensor& x, const float* w) {
  const Scratch u(POINTS * s.inputs * s.outputs);
  kernels().weights(s, w, u.get());
  Tensor y = images(s.images, s.outputs, s.out_height, s.out_width, x.options());
  const float* from = x.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  at::parallel_for(0, s.images, 1,
                   [&](int64_t first, int64_t end) { kernels().forward(s, from, u.get(), to, first, end); });
  return y;
}

Tensor forward(const Shape& s, const Tensor& x, const Tensor& weight) {
  return convolve(s, x, by_input(s, weight).get());
}

// A convolution of the gradients with the kernels turned around.
Tensor input_gradient(const Shape& s, const Tensor& dy, const Tensor& weight) {
  const Shape turned = {s.images, s.out_height, s.out_width, s.outputs, s.inputs,
                        s.kernel, s.stride, s.kernel - 1 - s.padding, s.height, s.width};
  return convolve(turned, dy, for_input_gradient(s, weight, true).get());
}

Tensor weight_gradient(const Shape& s, const Tensor& x, const Tensor& dy, const Tensor& weight) {
  const int64_t cell = s.inputs * s.outputs;
  const Scratch du(POINTS * cell), sums(s.weights());
  std::fill_n(du.get(), POINTS * cell, 0.0f);
  const float *from = x.const_data_ptr<float>(), *gradients = dy.const_data_ptr<float>();
  // By outputs and not by images: so the order of additions is the same for every number of threads.
  at::parallel_for(0, s.outputs / LANES, 1, [&](int64_t first, int64_t end) {
    kernels().products(s, from, gradients, du.get(), first * LANES, end * LANES);
  });
  kernels().weight_gradient(s, du.get(), sums.get());
  return weight_gradient_of(s, sums.get(), weight);
}

}  // namespace

const Way winograd = {forward, input_gradient, weight_gradient};

}  // namespace convolution

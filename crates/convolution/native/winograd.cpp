// Winograd's way to convolve, over winograd.h.

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>

#include "tensors.h"
#include "winograd.h"

namespace convolution {
namespace {

using at::Tensor;

constexpr int64_t PLACES = 9;

const Winograd& kernels() { return has_avx512() ? winograd_avx512 : winograd_avx2; }

// The convolution of `x` with weights that lie as kernel row, kernel column, input, output.
Tensor convolve(const Shape& s, const Tensor& x, const float* w) {
  const Scratch u(POINTS * s.inputs * s.outputs);
  kernels().weights(s, w, u.get());
  Tensor y = images(s.images, s.outputs, s.out_height, s.out_width, x);
  const float* from = x.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  at::parallel_for(0, s.images, 1,
                   [&](int64_t first, int64_t end) { kernels().forward(s, from, u.get(), to, first, end); });
  return y;
}

Tensor forward(const Shape& s, const Tensor& x, const Tensor& weight) {
  const Tensor ordered = by_output(weight);
  const float* w = ordered.const_data_ptr<float>();
  const Scratch packed(s.weights());
  for (int64_t at = 0; at < PLACES; at++)
    transpose(w + at * s.inputs, PLACES * s.inputs, packed.get() + at * s.inputs * s.outputs, s.outputs, s.outputs,
              s.inputs);
  return convolve(s, x, packed.get());
}

// A convolution of the gradients with the kernels turned around.
Tensor input_gradient(const Shape& s, const Tensor& dy, const Tensor& weight) {
  const Tensor ordered = by_output(weight);
  const float* w = ordered.const_data_ptr<float>();
  const Scratch packed(s.weights());
  for (int64_t at = 0; at < PLACES; at++)
    for (int64_t o = 0; o < s.outputs; o++)
      std::memcpy(packed.get() + ((PLACES - 1 - at) * s.outputs + o) * s.inputs, w + (o * PLACES + at) * s.inputs,
                  s.inputs * sizeof(float));
  const Shape turned = {s.images, s.out_height, s.out_width, s.outputs, s.inputs,
                        s.kernel, s.stride, s.kernel - 1 - s.padding, s.height, s.width};
  return convolve(turned, dy, packed.get());
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
  Tensor dw = at::empty({s.outputs, s.kernel, s.kernel, s.inputs}, weight.options());
  float* to = dw.mutable_data_ptr<float>();
  for (int64_t at = 0; at < PLACES; at++)
    transpose(sums.get() + at * cell, s.outputs, to + at * s.inputs, PLACES * s.inputs, s.inputs, s.outputs);
  return dw.permute({0, 3, 1, 2});
}

}  // namespace

const Way winograd = {forward, input_gradient, weight_gradient};

}  // namespace convolution

// The direct way to convolve, over kernels.h.

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>

#include "tensors.h"

namespace convolution {
namespace {

using at::Tensor;

// The kernels for so many columns of results: fewer than a vector of AVX-512 holds go faster without it.
const Kernels& kernels(int64_t columns) { return has_avx512() && columns >= 2 * LANES ? avx512 : avx2; }

// Calls work(kernel row · kernel + kernel column) for the parts of the kernel that any output sees; whether these are all of it.
template <typename Work>
bool each_used(const Shape& s, Work work) {
  int64_t used = 0;
  for (int64_t kh = 0; kh < s.kernel; kh++)
    for (int64_t kw = 0; kw < s.kernel; kw++)
      if (is_used(kh, s.height, s.out_height, s.stride, s.padding) && is_used(kw, s.width, s.out_width, s.stride, s.padding)) {
        work(kh * s.kernel + kw);
        used++;
      }
  return used == s.kernel * s.kernel;
}

Tensor forward(const Shape& s, const Tensor& x, const Tensor& weight) {
  const Tensor ordered = by_output(weight);
  const float* w = ordered.const_data_ptr<float>();
  const Scratch packed(s.weights());
  each_used(s, [&](int64_t at) {
    transpose(w + at * s.inputs, s.kernel * s.kernel * s.inputs, packed.get() + at * s.inputs * s.outputs, s.outputs,
              s.outputs, s.inputs);
  });
  Tensor y = images(s.images, s.outputs, s.out_height, s.out_width, x);
  const float* from = x.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  at::parallel_for(0, s.images, 1, [&](int64_t first, int64_t end) {
    kernels(s.outputs).forward(s, from, packed.get(), to, first, end);
  });
  return y;
}

Tensor input_gradient(const Shape& s, const Tensor& dy, const Tensor& weight) {
  const Tensor ordered = by_output(weight);
  const float* w = ordered.const_data_ptr<float>();
  const Scratch packed(s.weights());
  each_used(s, [&](int64_t at) {
    for (int64_t o = 0; o < s.outputs; o++)
      std::memcpy(packed.get() + (at * s.outputs + o) * s.inputs, w + (o * s.kernel * s.kernel + at) * s.inputs,
                  s.inputs * sizeof(float));
  });
  Tensor dx = images(s.images, s.inputs, s.height, s.width, dy);
  const float* from = dy.const_data_ptr<float>();
  float* to = dx.mutable_data_ptr<float>();
  at::parallel_for(0, s.images, 1, [&](int64_t first, int64_t end) {
    kernels(s.inputs).input_gradient(s, from, packed.get(), to, first, end);
  });
  return dx;
}

Tensor weight_gradient(const Shape& s, const Tensor& x, const Tensor& dy, const Tensor& weight) {
  const Scratch sums(s.weights());
  const int64_t cell = s.inputs * s.outputs, row = s.kernel * s.kernel * s.inputs;
  const bool all = each_used(s, [&](int64_t at) { std::fill_n(sums.get() + at * cell, cell, 0.0f); });
  const float *images = x.const_data_ptr<float>(), *gradients = dy.const_data_ptr<float>();
  // By outputs and not by images: so the order of additions is the same for every number of threads.
  at::parallel_for(0, s.outputs / LANES, 1, [&](int64_t first, int64_t end) {
    kernels(s.outputs).weight_gradient(s, images, gradients, sums.get(), first * LANES, end * LANES);
  });
  const auto size = {s.outputs, s.kernel, s.kernel, s.inputs};
  Tensor dw = all ? at::empty(size, weight.options()) : at::zeros(size, weight.options());
  float* to = dw.mutable_data_ptr<float>();
  each_used(s, [&](int64_t at) {
    transpose(sums.get() + at * cell, s.outputs, to + at * s.inputs, row, s.inputs, s.outputs);
  });
  return dw.permute({0, 3, 1, 2});
}

}  // namespace

const Way direct = {forward, input_gradient, weight_gradient};

}  // namespace convolution

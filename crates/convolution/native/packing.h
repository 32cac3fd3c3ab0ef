// Weights in the orders that kernels take, and out of them.

#pragma once

#include <cstring>

#include "tensors.h"

namespace convolution {

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

// As kernel row, kernel column, input, output, for `forward`.
inline Scratch by_input(const Shape& s, const at::Tensor& weight) {
  const at::Tensor ordered = by_output(weight);
  const float* w = ordered.const_data_ptr<float>();
  Scratch packed(s.weights());
  each_used(s, [&](int64_t at) {
    transpose(w + at * s.inputs, s.kernel * s.kernel * s.inputs, packed.get() + at * s.inputs * s.outputs, s.outputs,
              s.outputs, s.inputs);
  });
  return packed;
}

// As kernel row, kernel column, output, input, for gradients of the input; the kernel `turned` around or not.
inline Scratch for_input_gradient(const Shape& s, const at::Tensor& weight, bool turned) {
  const at::Tensor ordered = by_output(weight);
  const float* w = ordered.const_data_ptr<float>();
  const int64_t places = s.kernel * s.kernel;
  Scratch packed(s.weights());
  each_used(s, [&](int64_t at) {
    const int64_t to = turned ? places - 1 - at : at;
    for (int64_t o = 0; o < s.outputs; o++)
      std::memcpy(packed.get() + (to * s.outputs + o) * s.inputs, w + (o * places + at) * s.inputs, s.inputs * sizeof(float));
  });
  return packed;
}

// The gradient of the weight, from one as kernel row, kernel column, input, output; 0 for what no output sees.
inline at::Tensor weight_gradient_of(const Shape& s, const float* sums, const at::Tensor& weight) {
  const int64_t cell = s.inputs * s.outputs, row = s.kernel * s.kernel * s.inputs;
  const auto size = {s.outputs, s.kernel, s.kernel, s.inputs};
  const bool all = each_used(s, [](int64_t) {});
  at::Tensor dw = all ? at::empty(size, weight.options()) : at::zeros(size, weight.options());
  float* to = dw.mutable_data_ptr<float>();
  each_used(s, [&](int64_t at) {
    transpose(sums + at * cell, s.outputs, to + at * s.inputs, row, s.inputs, s.outputs);
  });
  return dw.permute({0, 3, 1, 2});
}

}  // namespace convolution

// What the ways to convolve have in common: tensors in and out.

#pragma once

#include <ATen/ATen.h>

#include <memory>

#include "channels_last.h"
#include "kernels.h"

namespace convolution {

using channels_last::has_avx512;
using channels_last::images;

// Floats for as long as they are needed; nothing is written to them first.
struct Scratch {
  explicit Scratch(int64_t size) : floats(new float[size]) {}
  float* get() const { return floats.get(); }
  std::unique_ptr<float[]> floats;
};

// Weights as they lie in memory: output, kernel row, kernel column, input.
inline at::Tensor by_output(const at::Tensor& weight) { return weight.contiguous(at::MemoryFormat::ChannelsLast); }

// One way to convolve float32 images in channels-last memory.
struct Way {
  at::Tensor (*forward)(const Shape& shape, const at::Tensor& x, const at::Tensor& weight);
  at::Tensor (*input_gradient)(const Shape& shape, const at::Tensor& dy, const at::Tensor& weight);
  at::Tensor (*weight_gradient)(const Shape& shape, const at::Tensor& x, const at::Tensor& dy, const at::Tensor& weight);
};

extern const Way direct;
extern const Way winograd;

}  // namespace convolution

// What the ways to convolve have in common: tensors in and out.

#pragma once

#include <ATen/ATen.h>

#include <memory>

#include "kernels.h"

namespace convolution {

// Floats for as long as they are needed; nothing is written to them first.
struct Scratch {
  explicit Scratch(int64_t size) : floats(new float[size]) {}
  float* get() const { return floats.get(); }
  std::unique_ptr<float[]> floats;
};

inline bool has_avx512() {
  static const bool has = at::get_cpu_capability() == "AVX512";
  return has;
}

// Weights as they lie in memory: output, kernel row, kernel column, input.
inline at::Tensor by_output(const at::Tensor& weight) { return weight.contiguous(at::MemoryFormat::ChannelsLast); }

inline at::Tensor images(int64_t count, int64_t channels, int64_t height, int64_t width, const at::Tensor& like) {
  return at::empty({count, channels, height, width}, like.options(), at::MemoryFormat::ChannelsLast);
}

// One way to convolve float32 images in channels-last memory.
struct Way {
  at::Tensor (*forward)(const Shape& shape, const at::Tensor& x, const at::Tensor& weight);
  at::Tensor (*input_gradient)(const Shape& shape, const at::Tensor& dy, const at::Tensor& weight);
  at::Tensor (*weight_gradient)(const Shape& shape, const at::Tensor& x, const at::Tensor& dy, const at::Tensor& weight);
};

extern const Way direct;
extern const Way winograd;

}  // namespace convolution

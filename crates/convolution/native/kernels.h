// Convolutions of channels-last images without libtorch: direct, with sums in registers, for few channels and small images.
//
// Every output is summed in one chain of fused multiply-adds, in an order that neither the width of vectors nor the number of
// threads changes, so all processors with these kernels give the same bits.

#pragma once

#include <cstdint>

namespace convolution {

// Channels, of input and output, come in multiples of this, but for the inputs of a convolution that has no gradient of them.
constexpr int64_t LANES = 8;

// Rows and columns of the largest kernel.
constexpr int MOST_KERNEL = 8;

struct Shape {
  int64_t images, height, width, inputs;
  int64_t outputs, kernel, stride, padding;
  int64_t out_height, out_width;

  // Floats of one image, of one output, and of the weights.
  int64_t image() const { return height * width * inputs; }
  int64_t output() const { return out_height * out_width * outputs; }
  int64_t weights() const { return kernel * kernel * inputs * outputs; }
};

struct Kernels {
  // y = x ∗ w for images first … end; w lies as kernel row, kernel column, input, output.
  void (*forward)(const Shape& shape, const float* x, const float* w, float* y, int64_t first, int64_t end);

  // dx for images first … end; w lies as kernel row, kernel column, output, input.
  void (*input_gradient)(const Shape& shape, const float* dy, const float* w, float* dx, int64_t first, int64_t end);

  // Adds the part of outputs first … end to dw, which lies as w of `forward` does.
  void (*weight_gradient)(const Shape& shape, const float* x, const float* dy, float* dw, int64_t first, int64_t end);
};

// For AVX2 with FMA, and for AVX-512 (F and VL).
extern const Kernels avx2;
extern const Kernels avx512;

// `to` (columns × rows) is `from` (rows × columns) turned; steps are between their rows, in floats. Needs AVX2.
void transpose(const float* from, int64_t from_step, float* to, int64_t to_step, int64_t rows, int64_t columns);

// Whether any output sees row or column `at` of the kernel, on images of `size` rows or columns.
inline bool is_used(int64_t at, int64_t size, int64_t out_size, int64_t stride, int64_t padding) {
  for (int64_t out = 0; out < out_size; out++) {
    const int64_t in = out * stride + at - padding;
    if (in >= 0 && in < size) return true;
  }
  return false;
}

}  // namespace convolution

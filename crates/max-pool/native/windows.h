// Passes over the windows of channels-last images: a pixel is a row of channels, a multiple of LANES.

#pragma once

#include <cstdint>

namespace windows {

constexpr int64_t LANES = 8;

// Rows and columns of the largest window: an index into it is a byte.
constexpr int64_t MOST_KERNEL = 15;

struct Shape {
  int64_t images, height, width, channels;
  int64_t kernel, stride, padding;
  int64_t out_height, out_width;

  // Numbers of one image, and of one output.
  int64_t image() const { return height * width * channels; }
  int64_t output() const { return out_height * out_width * channels; }
};

// y = the largest value of each window, of images first … end. With `indices`, its index in the window is written there: row · kernel +
// column, of equal ones the first.
void largest(const Shape& shape, const float* x, float* y, uint8_t* indices, int64_t first, int64_t end);

// dx = what each pixel was the largest of: Σ dy over those windows, in the order of the windows.
void gradient(const Shape& shape, const float* dy, const uint8_t* indices, float* dx, int64_t first, int64_t end);

}  // namespace windows

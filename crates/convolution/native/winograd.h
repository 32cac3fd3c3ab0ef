// Winograd's convolution of 3×3 kernels (Lavin & Gray, 2016, "Fast Algorithms for Convolutional Neural Networks", F(2×2, 3×3)): tiles of
// 4×4 pixels of the input become 2×2 of the output by 16 products of matrices, one for each point of the tile. A pair of channels takes
// 16 multiplications where the direct way has 36.
//
// What is summed in which order depends on shapes alone, as in kernels.h.

#pragma once

#include <algorithm>

#include "kernels.h"

namespace convolution {

// Points of a transformed tile.
constexpr int POINTS = 16;

// Columns of transformed weights that lie together.
constexpr int64_t PANEL = 32;

inline int64_t tile_columns(const Shape& s) { return (s.out_width + 1) / 2; }

// Tiles of one image.
inline int64_t tiles(const Shape& s) { return (s.out_height + 1) / 2 * tile_columns(s); }

// Floats from one point of so many tiles to the next. With the gap the sixteen points of a tile fall into different sets of a cache, which
// powers of two do not.
inline int64_t point_step(int64_t tiles, int64_t channels) {
  constexpr int64_t gap = 16;
  return tiles * channels + gap;
}

// So many tiles are transformed and multiplied at once, that these lie in the second cache; where transformed weights do not, they are to
// be used for many tiles.
inline int64_t tiles_forward(const Shape& s) {
  constexpr int64_t near = 65536, many = 112, few = 28;
  const int64_t weights = POINTS * s.inputs * s.outputs;
  return std::max(near / (POINTS * (s.inputs + s.outputs)), weights > 2 * near ? many : few);
}
inline int64_t tiles_backward(const Shape& s) {
  constexpr int64_t near = 65536, many = 128;
  return std::max(near / (POINTS * (s.inputs + s.outputs)), many);
}

inline int64_t blocks_of(int64_t tiles, int64_t at_once) { return (tiles + at_once - 1) / at_once; }

// All of them for 3×3 kernels and stride 1.
struct Winograd {
  // u = G w Gᵀ; w lies as kernel row, kernel column, input, output, u as point, panel of outputs, input, output.
  void (*weights)(const Shape& shape, const float* w, float* u);

  // y = x ∗ w for images first … end.
  void (*forward)(const Shape& shape, const float* x, const float* u, float* y, int64_t first, int64_t end);

  // Adds the part of outputs first … end to du, which lies as point, input, output.
  void (*products)(const Shape& shape, const float* x, const float* dy, float* du, int64_t first, int64_t end);

  // dw = Gᵀ du G, as kernel row, kernel column, input, output.
  void (*weight_gradient)(const Shape& shape, const float* du, float* dw);
};

extern const Winograd winograd_avx2;
extern const Winograd winograd_avx512;

}  // namespace convolution

// Passes over the rows of a channels-last tensor: a row is a pixel, its columns are the channels, a multiple of LANES.
//
// Each channel is summed pixel by pixel in float, as ATen's channels-last kernels do, so that every result has the same bits as
// theirs. Unlike them these keep their sums in registers, and are vectorised from 8 channels on.

#pragma once

#include <cstdint>

namespace rows {

constexpr int64_t LANES = 8;

// Scale and shift per channel of output = input · scale + shift, from means and reciprocal deviations.
void linear(float* scale, float* shift, const float* weight, const float* bias, const float* mean, const float* invstd,
            int64_t channels);

// The reciprocal deviations of an evaluation.
void inverse_deviations(float* invstd, const float* variance, double eps, int64_t channels);

// Scalar is uint16_t for the bits of a bfloat16, or float.
template <typename Scalar>
struct Rows {
  // sum += Σ x over `count` rows.
  static void sum(float* sum, const Scalar* x, int64_t count, int64_t channels);

  // sum += Σ (x − mean)².
  static void squares(float* sum, const Scalar* x, const float* mean, int64_t count, int64_t channels);

  // y = x · scale + shift. A shortcut that is not null is added once that is rounded; then comes the ReLU.
  static void apply(Scalar* y, const Scalar* x, const float* scale, const float* shift, const Scalar* shortcut, bool relu,
                    int64_t count, int64_t channels);

  // sum += Σ g, product += Σ (x − mean) · g, where g = dy; with `y`, the output of a ReLU, only where that is not 0 or less.
  // With `masked`, g is written there.
  static void gradients(float* sum, float* product, Scalar* masked, const Scalar* x, const Scalar* dy, const Scalar* y,
                        const float* mean, int64_t count, int64_t channels);

  // dx = (g − grad_mean − (x − mean) · slope) · invstd · weight, with g as above.
  static void backward(Scalar* dx, const Scalar* x, const Scalar* dy, const Scalar* y, const float* mean,
                       const float* slope, const float* grad_mean, const float* invstd, const float* weight,
                       int64_t count, int64_t channels);
};

}  // namespace rows

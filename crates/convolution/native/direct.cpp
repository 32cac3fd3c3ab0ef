// The direct way to convolve, over kernels.h.

#include <ATen/Parallel.h>

#include <algorithm>

#include "packing.h"
#include "pairs.h"

namespace convolution {
namespace {

using at::Tensor;

// The kernels for so many columns of results: fewer than a vector of AVX-512 holds go faster without it.
const Kernels& kernels(int64_t columns) { return has_avx512() && columns >= 2 * LANES ? avx512 : avx2; }

// Whether two pixels lie in a vector.
bool by_pairs(const Shape& s) { return has_avx512() && in_pairs(s); }

Tensor forward(const Shape& s, const Tensor& x, const Tensor& weight) {
  const Scratch packed = by_input(s, weight);
  Tensor y = images(s.images, s.outputs, s.out_height, s.out_width, x.options());
  const float* from = x.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  at::parallel_for(0, s.images, 1, [&](int64_t first, int64_t end) {
    (by_pairs(s) ? pairs_forward : kernels(s.outputs).forward)(s, from, packed.get(), to, first, end);
  });
  return y;
}

Tensor input_gradient(const Shape& s, const Tensor& dy, const Tensor& weight) {
  const Scratch packed = for_input_gradient(s, weight, false);
  Tensor dx = images(s.images, s.inputs, s.height, s.width, dy.options());
  const float* from = dy.const_data_ptr<float>();
  float* to = dx.mutable_data_ptr<float>();
  at::parallel_for(0, s.images, 1, [&](int64_t first, int64_t end) {
    (by_pairs(s) ? pairs_input_gradient : kernels(s.inputs).input_gradient)(s, from, packed.get(), to, first, end);
  });
  return dx;
}

Tensor weight_gradient(const Shape& s, const Tensor& x, const Tensor& dy, const Tensor& weight) {
  const Scratch sums(s.weights());
  const int64_t cell = s.inputs * s.outputs;
  each_used(s, [&](int64_t at) { std::fill_n(sums.get() + at * cell, cell, 0.0f); });
  const float *images = x.const_data_ptr<float>(), *gradients = dy.const_data_ptr<float>();
  // By outputs and not by images: so the order of additions is the same for every number of threads.
  at::parallel_for(0, s.outputs / LANES, 1, [&](int64_t first, int64_t end) {
    kernels(s.outputs).weight_gradient(s, images, gradients, sums.get(), first * LANES, end * LANES);
  });
  return weight_gradient_of(s, sums.get(), weight);
}

}  // namespace

const Way direct = {forward, input_gradient, weight_gradient};

}  // namespace convolution

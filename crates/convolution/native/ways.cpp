// Which way each convolution goes.

#include "ways.h"

#include <algorithm>

#include "tensors.h"

namespace convolution {
namespace {

using at::Tensor;

Shape shape_of(at::IntArrayRef x, at::IntArrayRef weight, int64_t stride, int64_t padding) {
  const auto side = [&](int64_t size) { return (size + 2 * padding - weight[2]) / stride + 1; };
  return {x[0], x[2], x[3], x[1], weight[0], weight[2], stride, padding, side(x[2]), side(x[3])};
}

bool is_float_image(const Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 4 && x.numel() > 0 &&
         x.is_contiguous(at::MemoryFormat::ChannelsLast);
}

// Whether the direct kernels are faster than oneDNN's, which block weights that do not fit into a processor's second cache, and have the
// better gradients of many weights over large images.
bool direct_pays(const Shape& s) {
  const int64_t pixels = s.out_height * s.out_width, weights = s.inputs * s.outputs;
  return pixels <= 4 || weights < 64 * 64 || (weights <= 128 * 128 && pixels <= 64);
}

// Whether Winograd's way is for this convolution, and an image has work enough for it. (A narrow ResNet behind a 7×7 stem has none: there
// it would gain little, and would give all that was trained so far other bits.)
bool winograd_pays(const Shape& s) {
  constexpr int64_t least_side = 4, work = 1024;
  return s.kernel == 3 && s.stride == 1 && s.padding == 1 && s.inputs % LANES == 0 &&
         std::min(s.out_height, s.out_width) >= least_side &&
         s.out_height * s.out_width * std::min(s.inputs, s.outputs) > work;
}

// From so many channels on, transforming tiles costs less than it saves.
const Way& forward_way(const Shape& s) {
  return winograd_pays(s) && std::min(s.inputs, s.outputs) >= 32 ? winograd : direct;
}
const Way& weight_gradient_way(const Shape& s) {
  return winograd_pays(s) && std::min(s.inputs, s.outputs) >= 16 ? winograd : direct;
}

bool pays(const Shape& s) { return direct_pays(s) || &forward_way(s) == &winograd; }

}  // namespace

bool takes(at::IntArrayRef x, const Tensor& weight, int64_t stride, int64_t padding, bool learns) {
  if (!channels_last::has_avx2() || x.size() != 4 || weight.dim() != 4 || weight.scalar_type() != at::kFloat ||
      !weight.device().is_cpu() || weight.size(1) != x[1] || weight.size(2) != weight.size(3) || weight.size(2) > MOST_KERNEL ||
      weight.size(0) % LANES != 0 || weight.numel() == 0 || stride < 1 || padding < 0 ||
      std::min(x[2], x[3]) + 2 * padding < weight.size(2))
    return false;
  return (!learns || x[1] % LANES == 0) && pays(shape_of(x, weight.sizes(), stride, padding));
}

bool takes(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding, bool learns) {
  return is_float_image(x) && takes(x.sizes(), weight, stride, padding, learns);
}

bool is_winograd(at::IntArrayRef x, at::IntArrayRef weight, int64_t stride, int64_t padding) {
  return channels_last::has_avx2() && &weight_gradient_way(shape_of(x, weight, stride, padding)) == &winograd;
}

Tensor forward(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
  const Shape shape = shape_of(x.sizes(), weight.sizes(), stride, padding);
  return forward_way(shape).forward(shape, x, weight);
}

Tensor input_gradient(const Tensor& x, const Tensor& dy, const Tensor& weight, int64_t stride, int64_t padding) {
  const Shape shape = shape_of(x.sizes(), weight.sizes(), stride, padding);
  return forward_way(shape).input_gradient(shape, dy, weight);
}

Tensor weight_gradient(const Tensor& x, const Tensor& dy, const Tensor& weight, int64_t stride, int64_t padding) {
  const Shape shape = shape_of(x.sizes(), weight.sizes(), stride, padding);
  return weight_gradient_way(shape).weight_gradient(shape, x, dy, weight);
}

}  // namespace convolution

// Convolution without bias, with autograd: directly or by Winograd where these are the faster ones, and by ATen elsewhere.

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "guard.h"
#include "tensors.h"

namespace {

using at::Tensor;

#ifdef CONVOLUTION_KERNELS

using convolution::Shape;
using convolution::Way;

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
bool is_winograd(const Shape& s) {
  constexpr int64_t least_side = 4, work = 1024;
  return s.kernel == 3 && s.stride == 1 && s.padding == 1 && s.inputs % convolution::LANES == 0 &&
         std::min(s.out_height, s.out_width) >= least_side &&
         s.out_height * s.out_width * std::min(s.inputs, s.outputs) > work;
}

// From so many channels on, transforming tiles costs less than it saves.
const Way& forward_way(const Shape& s) {
  return is_winograd(s) && std::min(s.inputs, s.outputs) >= 32 ? convolution::winograd : convolution::direct;
}
const Way& weight_gradient_way(const Shape& s) {
  return is_winograd(s) && std::min(s.inputs, s.outputs) >= 16 ? convolution::winograd : convolution::direct;
}

bool pays(const Shape& s) { return direct_pays(s) || &forward_way(s) == &convolution::winograd; }

bool applies(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
  constexpr int64_t lanes = convolution::LANES;
  if (!channels_last::has_avx2() || !is_float_image(x) || weight.dim() != 4 || weight.scalar_type() != at::kFloat ||
      !weight.device().is_cpu() || weight.size(1) != x.size(1) || weight.size(2) != weight.size(3) ||
      weight.size(2) > convolution::MOST_KERNEL || weight.size(0) % lanes != 0 || weight.numel() == 0 || stride < 1 ||
      padding < 0 || std::min(x.size(2), x.size(3)) + 2 * padding < weight.size(2))
    return false;
  const bool learns = at::GradMode::is_enabled() && x.requires_grad();
  const Shape shape = shape_of(x.sizes(), weight.sizes(), stride, padding);
  return (!learns || x.size(1) % lanes == 0) && pays(shape);
}

class Convolution : public torch::autograd::Function<Convolution> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& weight,
                        int64_t stride, int64_t padding) {
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    const Shape shape = shape_of(x.sizes(), weight.sizes(), stride, padding);
    return forward_way(shape).forward(shape, x, weight);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this convolution has no second derivative");
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Shape shape =
        shape_of(x.sizes(), weight.sizes(), context->saved_data["stride"].toInt(), context->saved_data["padding"].toInt());
    const Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast), none;
    return {context->needs_input_grad(0) ? forward_way(shape).input_gradient(shape, dy, weight) : none,
            context->needs_input_grad(1) ? weight_gradient_way(shape).weight_gradient(shape, x, dy, weight) : none, none,
            none};
  }
};

#endif

// libtorch's convolution. A 1×1 kernel with a stride goes over the pixels that it reaches: oneDNN's gradient of such a weight writes
// beyond its memory on processors with AVX2 and without AVX-512 where channels-last images have 3 or 4 channels (torch 2.11.0). With 8
// and more nothing of the kind was found, and its bits stay what they were.
Tensor plain(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
  const bool is_1x1 = weight.dim() == 4 && weight.size(2) == 1 && weight.size(3) == 1;
  if (!is_1x1 || stride <= 1 || padding != 0 || x.dim() != 4 || x.size(1) >= convolution::LANES || !x.device().is_cpu())
    return at::conv2d(x, weight, {}, stride, padding);
  const Tensor reached = x.slice(2, 0, std::nullopt, stride).slice(3, 0, std::nullopt, stride);
  return at::conv2d(reached.contiguous(x.suggest_memory_format()), weight);
}

Tensor convolve(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
#ifdef CONVOLUTION_KERNELS
  if (applies(x, weight, stride, padding)) {
    const bool learns = at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad());
    if (learns) return Convolution::apply(x, weight, stride, padding);
    const Shape shape = shape_of(x.sizes(), weight.sizes(), stride, padding);
    return forward_way(shape).forward(shape, x, weight);
  }
#endif
  return plain(x, weight, stride, padding);
}

}  // namespace

// Each gives a new tensor in `result` and null, or a message that is to be freed with `free`.
extern "C" char* convolution_plain(const Tensor* x, const Tensor* weight, int64_t stride, int64_t padding,
                                   Tensor** result) {
  return guarded([&] { *result = new Tensor(plain(*x, *weight, stride, padding)); });
}

extern "C" char* convolution_forward(const Tensor* x, const Tensor* weight, int64_t stride, int64_t padding,
                                     Tensor** result) {
  return guarded([&] { *result = new Tensor(convolve(*x, *weight, stride, padding)); });
}

extern "C" bool convolution_is_winograd([[maybe_unused]] const int64_t* x, [[maybe_unused]] const int64_t* weight,
                                        [[maybe_unused]] int64_t stride, [[maybe_unused]] int64_t padding) {
#ifdef CONVOLUTION_KERNELS
  const Shape shape = shape_of({x, 4}, {weight, 4}, stride, padding);
  return channels_last::has_avx2() && &weight_gradient_way(shape) == &convolution::winograd;
#else
  return false;
#endif
}

// Convolution without bias, with autograd: directly or by Winograd where these are the faster ones, and by ATen elsewhere.

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "guard.h"
#include "kernels.h"
#include "ways.h"

namespace {

using at::Tensor;

#ifdef CONVOLUTION_KERNELS

class Convolution : public torch::autograd::Function<Convolution> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& weight,
                        int64_t stride, int64_t padding) {
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    return convolution::forward(x, weight, stride, padding);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this convolution has no second derivative");
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], none;
    const int64_t stride = context->saved_data["stride"].toInt(), padding = context->saved_data["padding"].toInt();
    const Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    return {context->needs_input_grad(0) ? convolution::input_gradient(x, dy, weight, stride, padding) : none,
            context->needs_input_grad(1) ? convolution::weight_gradient(x, dy, weight, stride, padding) : none, none, none};
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
  const bool records = at::GradMode::is_enabled();
  if (convolution::takes(x, weight, stride, padding, records && x.requires_grad())) {
    const bool learns = records && (x.requires_grad() || weight.requires_grad());
    return learns ? Convolution::apply(x, weight, stride, padding) : convolution::forward(x, weight, stride, padding);
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
  return convolution::is_winograd({x, 4}, {weight, 4}, stride, padding);
#else
  return false;
#endif
}

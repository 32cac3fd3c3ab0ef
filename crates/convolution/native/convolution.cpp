// Convolution with autograd, without bias or with a bias and a ReLU: directly or by Winograd where these are the faster ones, and by ATen
// elsewhere.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <vector>

#include "bias.h"
#include "guard.h"
#include "kernels.h"
#include "ways.h"

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

#ifdef CONVOLUTION_KERNELS

// The images and weight that are saved first, and how they are convolved.
void keep(AutogradContext* context, variable_list saved, int64_t stride, int64_t padding) {
  context->save_for_backward(std::move(saved));
  context->saved_data["stride"] = stride;
  context->saved_data["padding"] = padding;
}

// The gradients of images and weight, where they are asked for, from that of what they were convolved to.
std::pair<Tensor, Tensor> convolved_back(AutogradContext* context, const variable_list& saved, const Tensor& dy) {
  const Tensor &x = saved[0], &weight = saved[1], none;
  const int64_t stride = context->saved_data["stride"].toInt(), padding = context->saved_data["padding"].toInt();
  return {context->needs_input_grad(0) ? convolution::input_gradient(x, dy, weight, stride, padding) : none,
          context->needs_input_grad(1) ? convolution::weight_gradient(x, dy, weight, stride, padding) : none};
}

class Convolution : public torch::autograd::Function<Convolution> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
    keep(context, {x, weight}, stride, padding);
    return convolution::forward(x, weight, stride, padding);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this convolution has no second derivative");
    const Tensor none;
    auto [dx, dw] = convolved_back(context, context->get_saved_variables(),
                                   gradients[0].contiguous(at::MemoryFormat::ChannelsLast));
    return {dx, dw, none, none};
  }
};

Tensor convolved_with_bias_and_relu(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding) {
  Tensor y = convolution::forward(x, weight, stride, padding);
  const int64_t image = y.numel() / y.size(0), channels = y.size(1);
  const Tensor added = bias.contiguous();
  float* to = y.mutable_data_ptr<float>();
  at::parallel_for(0, y.size(0), 1, [&](int64_t first, int64_t end) {
    convolution::add_bias_and_relu(to + first * image, added.const_data_ptr<float>(), (end - first) * image / channels, channels);
  });
  return y;
}

class ConvolutionBiasRelu : public torch::autograd::Function<ConvolutionBiasRelu> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride,
                        int64_t padding) {
    const Tensor y = convolved_with_bias_and_relu(x, weight, bias, stride, padding);
    keep(context, {x, weight, y}, stride, padding);
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this convolution has no second derivative");
    const variable_list saved = context->get_saved_variables();
    const Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast), &y = saved[2], none;
    const int64_t image = y.numel() / y.size(0), channels = y.size(1);
    Tensor dz = at::empty_like(y);
    const float *gradient = dy.const_data_ptr<float>(), *output = y.const_data_ptr<float>();
    float* to = dz.mutable_data_ptr<float>();
    // A sum an image, so that the order of additions is the same for every number of threads.
    std::vector<float> sums(y.size(0) * channels);
    at::parallel_for(0, y.size(0), 1, [&](int64_t first, int64_t end) {
      for (int64_t at = first; at < end; at++)
        convolution::relu_and_bias_gradient(to + at * image, &sums[at * channels], gradient + at * image, output + at * image,
                                            image / channels, channels);
    });
    std::vector<double> total(channels, 0);
    for (size_t i = 0; i < sums.size(); i++) total[i % channels] += sums[i];
    Tensor db = at::empty({channels}, y.options());
    std::copy(total.begin(), total.end(), db.mutable_data_ptr<float>());
    auto [dx, dw] = convolved_back(context, saved, dz);
    return {dx, dw, db, none, none};
  }
};

#endif

// libtorch's convolution. A 1×1 kernel with a stride goes over the pixels that it reaches: oneDNN's gradient of such a weight writes
// beyond its memory on processors with AVX2 and without AVX-512 where channels-last images have 3 or 4 channels (torch 2.11.0). With 8
// and more nothing of the kind was found, and its bits stay what they were.
Tensor plain(const Tensor& x, const Tensor& weight, const std::optional<Tensor>& bias, int64_t stride, int64_t padding) {
  const bool is_1x1 = weight.dim() == 4 && weight.size(2) == 1 && weight.size(3) == 1;
  if (!is_1x1 || stride <= 1 || padding != 0 || x.dim() != 4 || x.size(1) >= convolution::LANES || !x.device().is_cpu())
    return at::conv2d(x, weight, bias, stride, padding);
  const Tensor reached = x.slice(2, 0, std::nullopt, stride).slice(3, 0, std::nullopt, stride);
  return at::conv2d(reached.contiguous(x.suggest_memory_format()), weight, bias);
}

Tensor convolve(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
#ifdef CONVOLUTION_KERNELS
  const bool records = at::GradMode::is_enabled();
  if (convolution::takes(x, weight, stride, padding, records && x.requires_grad())) {
    const bool learns = records && (x.requires_grad() || weight.requires_grad());
    return learns ? Convolution::apply(x, weight, stride, padding) : convolution::forward(x, weight, stride, padding);
  }
#endif
  return plain(x, weight, std::nullopt, stride, padding);
}

Tensor convolve_with_bias_and_relu(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride, int64_t padding) {
#ifdef CONVOLUTION_KERNELS
  const bool records = at::GradMode::is_enabled();
  if (convolution::takes(x, weight, stride, padding, records && x.requires_grad()) && bias.dim() == 1 &&
      bias.size(0) == weight.size(0) && bias.scalar_type() == at::kFloat && bias.device().is_cpu()) {
    const bool learns = records && (x.requires_grad() || weight.requires_grad() || bias.requires_grad());
    return learns ? ConvolutionBiasRelu::apply(x, weight, bias, stride, padding)
                  : convolved_with_bias_and_relu(x, weight, bias, stride, padding);
  }
#endif
  return plain(x, weight, bias, stride, padding).relu();
}

}  // namespace

// Each gives a new tensor in `result` and null, or a message that is to be freed with `free`.
extern "C" char* convolution_plain(const Tensor* x, const Tensor* weight, const Tensor* bias, int64_t stride, int64_t padding,
                                   Tensor** result) {
  return guarded([&] {
    const std::optional<Tensor> added = bias == nullptr ? std::nullopt : std::optional(*bias);
    *result = new Tensor(plain(*x, *weight, added, stride, padding));
  });
}

extern "C" char* convolution_forward(const Tensor* x, const Tensor* weight, int64_t stride, int64_t padding,
                                     Tensor** result) {
  return guarded([&] { *result = new Tensor(convolve(*x, *weight, stride, padding)); });
}

extern "C" char* convolution_bias_relu_forward(const Tensor* x, const Tensor* weight, const Tensor* bias, int64_t stride,
                                               int64_t padding, Tensor** result) {
  return guarded([&] { *result = new Tensor(convolve_with_bias_and_relu(*x, *weight, *bias, stride, padding)); });
}

extern "C" bool convolution_is_winograd([[maybe_unused]] const int64_t* x, [[maybe_unused]] const int64_t* weight,
                                        [[maybe_unused]] int64_t stride, [[maybe_unused]] int64_t padding) {
#ifdef CONVOLUTION_KERNELS
  return convolution::is_winograd({x, 4}, {weight, 4}, stride, padding);
#else
  return false;
#endif
}

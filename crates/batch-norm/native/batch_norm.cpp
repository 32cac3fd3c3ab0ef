// Batch normalisation, and the shortcut and ReLU that may follow it, with autograd: over the passes of passes.h where they
// apply, and by ATen elsewhere.

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>

#include "guard.h"
#include "passes.h"

namespace {

using at::Tensor;

#ifdef BATCH_NORM_ROWS

using batch_norm::Layer;

class BatchNorm : public torch::autograd::Function<BatchNorm> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const Tensor& bias, const std::optional<Tensor>& shortcut, const Tensor* running_mean,
                        const Tensor* running_var, double momentum, double eps, bool relu) {
    const Tensor none;
    const auto [y, mean, invstd] = batch_norm::forward(x, Layer{weight, bias, *running_mean, *running_var}, momentum, eps,
                                                       shortcut ? *shortcut : none, relu);
    context->save_for_backward({x, weight, mean, invstd, relu ? y : none});
    context->saved_data["shortcut"] = shortcut.has_value();
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this batch normalisation has no second derivative");
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &invstd = saved[3], &y = saved[4], none;
    const auto [dx, weight_gradient, bias_gradient, shortcut] =
        batch_norm::backward(x, gradients[0], y, weight, mean, invstd, context->saved_data["shortcut"].toBool());
    return {dx, weight_gradient, bias_gradient, shortcut, none, none, none, none, none};
  }
};

#endif

Tensor normalise(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                  const Tensor& running_var, bool training, double momentum, double eps, const Tensor& shortcut,
                  bool relu) {
#ifdef BATCH_NORM_ROWS
  const auto fits = [&](const Tensor& tensor) { return batch_norm::has_channels(tensor, x.size(1)); };
  const bool adds = !shortcut.defined() ||
                    (shortcut.scalar_type() == x.scalar_type() && shortcut.sizes() == x.sizes() && batch_norm::takes(shortcut));
  const bool moves = running_mean.defined() || running_var.defined();
  if (batch_norm::takes(x) && adds && fits(weight) && fits(bias) && (!moves || (fits(running_mean) && fits(running_var)))) {
    if (training) {
      const auto added = shortcut.defined() ? std::make_optional(shortcut) : std::nullopt;
      return BatchNorm::apply(x, weight, bias, added, &running_mean, &running_var, momentum, eps, relu);
    }
    const auto learns = [](const Tensor& tensor) { return tensor.defined() && tensor.requires_grad(); };
    if (!at::GradMode::is_enabled() || !(learns(x) || learns(weight) || learns(bias) || learns(shortcut)))
      return batch_norm::evaluate(x, Layer{weight, bias, running_mean, running_var}, eps, shortcut, relu);
  }
#endif
  Tensor y = at::batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps, true);
  if (shortcut.defined()) y = y + shortcut;
  return relu ? y.relu_() : y;
}

}  // namespace

// Gives a new tensor in `result` and null, or a message that is to be freed with `free`. A shortcut may be null, and so may
// running statistics in training.
extern "C" char* batch_norm_forward(const Tensor* x, const Tensor* weight, const Tensor* bias, const Tensor* running_mean,
                                    const Tensor* running_var, bool training, double momentum, double eps,
                                    const Tensor* shortcut, bool relu, Tensor** result) {
  return guarded([&] {
    const Tensor none;
    const auto given = [&](const Tensor* tensor) -> const Tensor& { return tensor ? *tensor : none; };
    *result = new Tensor(normalise(*x, *weight, *bias, given(running_mean), given(running_var), training, momentum, eps,
                                    given(shortcut), relu));
  });
}

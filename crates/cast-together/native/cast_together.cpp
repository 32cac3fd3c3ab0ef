// Many tensors as bfloat16 at once, with autograd.

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <vector>

#include "guard.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// New tensors of the same strides, in one call: on a GPU a few launches for all of them.
variable_list copies(at::TensorList tensors, at::ScalarType type) {
  variable_list result;
  for (const at::Tensor& tensor : tensors) result.push_back(at::empty_like(tensor, tensor.options().dtype(type)));
  at::_foreach_copy_(result, tensors);
  return result;
}

class CastTogether : public torch::autograd::Function<CastTogether> {
 public:
  static variable_list forward(AutogradContext* context, at::TensorList tensors) {
    context->saved_data["type"] = static_cast<int64_t>(tensors[0].scalar_type());
    // What nothing depends on has no gradient, rather than one of zeros.
    context->set_materialize_grads(false);
    return copies(tensors, at::kBFloat16);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this cast has no second derivative");
    const auto type = static_cast<at::ScalarType>(context->saved_data["type"].toInt());
    variable_list found(gradients.size()), there;
    for (const at::Tensor& gradient : gradients)
      if (gradient.defined()) there.push_back(gradient);
    if (there.empty()) return found;
    const variable_list cast = copies(there, type);
    for (size_t at = 0, next = 0; at < gradients.size(); at++)
      if (gradients[at].defined()) found[at] = cast[next++];
    return found;
  }
};

}  // namespace

// Puts bfloat16 tensors into `results`, as many as there are; or gives a message that is to be freed with `free`.
extern "C" char* cast_together(at::Tensor* const* tensors, int64_t count, at::Tensor** results) {
  return guarded([&] {
    variable_list all;
    bool learns = false;
    for (int64_t i = 0; i < count; i++) {
      all.push_back(*tensors[i]);
      learns = learns || all[i].requires_grad();
      TORCH_CHECK(all[i].scalar_type() == all[0].scalar_type(), "tensors of several types are not cast together");
    }
    if (count == 0) return;
    const bool records = learns && at::GradMode::is_enabled();
    const variable_list cast = records ? CastTogether::apply(at::TensorList(all)) : copies(all, at::kBFloat16);
    for (int64_t i = 0; i < count; i++) results[i] = new at::Tensor(cast[i]);
  });
}

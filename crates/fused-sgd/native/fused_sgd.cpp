// ATen's fused step of SGD, which `tch` has no function for.

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <vector>

#include "guard.h"

namespace {

// All elements in the order in which they lie in memory, which must be one piece: ATen's step would copy what is not contiguous.
at::Tensor as_it_lies(const at::Tensor& tensor) {
  TORCH_CHECK(tensor.is_non_overlapping_and_dense(), "a parameter does not lie in one piece of memory");
  return tensor.is_contiguous() ? tensor : tensor.as_strided({tensor.numel()}, {1});
}

}  // namespace

// Gives null, or a message that is to be freed with `free`.
extern "C" char* fused_sgd_step(at::Tensor* const* parameters, at::Tensor* const* gradients, at::Tensor* const* buffers,
                                int64_t count, double learning_rate, double momentum, double weight_decay) {
  return guarded([&] {
    const c10::NoGradGuard no_grad;
    std::vector<at::Tensor> own, along, kept;
    for (int64_t i = 0; i < count; i++) {
      const at::Tensor& parameter = *parameters[i];
      own.push_back(as_it_lies(parameter));
      const bool alike = gradients[i]->strides() == parameter.strides();
      along.push_back(as_it_lies(alike ? *gradients[i] : at::empty_like(parameter).copy_(*gradients[i])));
      TORCH_CHECK(buffers[i]->strides() == parameter.strides(), "a momentum buffer lies in memory otherwise than its parameter");
      kept.push_back(as_it_lies(*buffers[i]));
    }
    if (momentum == 0) {
      // ATen's step would keep no buffers then.
      at::_foreach_copy_(kept, along);
      at::_foreach_add_(kept, own, weight_decay);
      at::_foreach_add_(own, kept, -learning_rate);
      return;
    }
    at::_fused_sgd_(own, along, kept, weight_decay, momentum, learning_rate, /*dampening=*/0, /*nesterov=*/false,
                    /*maximize=*/false, /*is_first_step=*/false);
  });
}

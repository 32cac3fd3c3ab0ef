// ATen's fused step of SGD, which `tch` has no function for.

#include <ATen/ATen.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "guard.h"

namespace {

// All elements in the order in which they lie in memory, which must be one piece: ATen's step would copy what is not contiguous.
at::Tensor as_it_lies(const at::Tensor& tensor) {
  TORCH_CHECK(tensor.is_non_overlapping_and_dense(), "a parameter does not lie in one piece of memory");
  return tensor.is_contiguous() ? tensor : tensor.as_strided({tensor.numel()}, {1});
}

// The sum of squares of float32 numbers. Lanes of a fixed number, so that the compiler can use vectors of any length for the same
// sum; blocks that end in double precision.
double sum_of_squares(const float* values, int64_t count) {
  constexpr int64_t kLanes = 32, kBlock = 4096;
  double total = 0;
  int64_t i = 0;
  while (i + kLanes <= count) {
    float lanes[kLanes] = {};
    for (const int64_t end = std::min(count - kLanes + 1, i + kBlock); i < end; i += kLanes) {
      for (int64_t lane = 0; lane < kLanes; lane++) lanes[lane] += values[i + lane] * values[i + lane];
    }
    for (const float lane : lanes) total += lane;
  }
  for (; i < count; i++) total += static_cast<double>(values[i]) * values[i];
  return total;
}

}  // namespace

// The Euclidean norm over all elements of all tensors, as a new tensor of one number. Gives what `fused_sgd_step` gives.
extern "C" char* fused_sgd_norm(at::Tensor* const* tensors, int64_t count, at::Tensor** result) {
  return guarded([&] {
    const c10::NoGradGuard no_grad;
    TORCH_CHECK(count > 0, "there are no tensors to take the norm of");
    std::vector<at::Tensor> all;
    bool simple = true;
    for (int64_t i = 0; i < count; i++) {
      all.push_back(*tensors[i]);
      simple = simple && all[i].is_cpu() && all[i].scalar_type() == at::kFloat && all[i].is_non_overlapping_and_dense();
    }
    if (!simple) {
      *result = new at::Tensor(at::stack(at::_foreach_norm(all, 2)).norm());
      return;
    }
    double total = 0;
    for (const at::Tensor& tensor : all) total += sum_of_squares(tensor.const_data_ptr<float>(), tensor.numel());
    *result = new at::Tensor(at::scalar_tensor(std::sqrt(total), at::kFloat));
  });
}

// Gives null, or a message that is to be freed with `free`.
extern "C" char* fused_sgd_step(at::Tensor* const* parameters, at::Tensor* const* gradients, at::Tensor* const* buffers,
                                int64_t count, const at::Tensor* learning_rate, double momentum, double weight_decay) {
  return guarded([&] {
    const c10::NoGradGuard no_grad;
    // ATen reads it as such on a GPU, unasked.
    TORCH_CHECK(learning_rate->scalar_type() == at::kFloat && learning_rate->numel() == 1,
                "a learning rate is one float32 number");
    std::vector<at::Tensor> own, along, kept;
    {
      // Autograd need not keep track of these views; that the parameters change is told below.
      const at::AutoDispatchBelowADInplaceOrView guard;
      for (int64_t i = 0; i < count; i++) {
        const at::Tensor& parameter = *parameters[i];
        // ATen's kernel goes over as many elements as the parameter has, whatever the others have.
        TORCH_CHECK(gradients[i]->sizes() == parameter.sizes() && buffers[i]->sizes() == parameter.sizes(),
                    "a parameter of shape ", parameter.sizes(), " has a gradient of ", gradients[i]->sizes(),
                    " and a momentum buffer of ", buffers[i]->sizes());
        own.push_back(as_it_lies(parameter));
        const bool alike = gradients[i]->strides() == parameter.strides();
        along.push_back(as_it_lies(alike ? *gradients[i] : at::empty_like(parameter).copy_(*gradients[i])));
        TORCH_CHECK(buffers[i]->strides() == parameter.strides(),
                    "a momentum buffer lies in memory otherwise than its parameter");
        kept.push_back(as_it_lies(*buffers[i]));
      }
    }
    for (int64_t i = 0; i < count; i++) parameters[i]->unsafeGetTensorImpl()->bump_version();
    if (momentum == 0) {
      // ATen's step keeps no buffers then, from which the last update is told.
      at::_foreach_copy_(kept, along);
      at::_foreach_add_(kept, own, weight_decay);
      along.swap(kept);
      kept.clear();
      weight_decay = 0;
    }
    at::_fused_sgd_(own, along, kept, weight_decay, momentum, *learning_rate, /*dampening=*/0, /*nesterov=*/false,
                    /*maximize=*/false, /*is_first_step=*/false);
  });
}

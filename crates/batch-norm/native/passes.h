// Batch normalisation of channels-last tensors on a CPU, with the shortcut and ReLU that may follow it, and its gradients: what autograd is
// built on. Everything has the bits and the strides that ATen gives.

#pragma once

#include <ATen/ATen.h>

namespace batch_norm {

// Parameters and running statistics of a layer. The latter may be undefined where the batch's own are used, and then do not move.
struct Layer {
  at::Tensor weight, bias, running_mean, running_var;
};

// An output, and what its input was normalised by.
struct Normalised {
  at::Tensor y, mean, invstd;
};

// Of input, weight, bias and, where there was one, shortcut.
struct Gradients {
  at::Tensor x, weight, bias, shortcut;
};

// Whether a tensor has one float for each of so many channels.
bool has_channels(const at::Tensor& tensor, int64_t channels);

// Whether these passes are for channels-last images of such sizes, and for this tensor. What ATen takes for contiguous, it sums in another
// order, unless it is of single pixels.
bool takes(at::IntArrayRef x);
bool takes(const at::Tensor& x);

// Normalises by the batch's statistics, towards which the running ones move where they are defined. A shortcut that is defined is added,
// and then comes the ReLU.
Normalised forward(const at::Tensor& x, const Layer& layer, double momentum, double eps, const at::Tensor& shortcut, bool relu);

// The gradients where that of the output is `gradient`; `output` is that of the ReLU, or undefined.
Gradients backward(const at::Tensor& x, const at::Tensor& gradient, const at::Tensor& output, const at::Tensor& weight,
                   const at::Tensor& mean, const at::Tensor& invstd, bool shortcut);

// Normalises by the running statistics.
at::Tensor evaluate(const at::Tensor& x, const Layer& layer, double eps, const at::Tensor& shortcut, bool relu);

}  // namespace batch_norm

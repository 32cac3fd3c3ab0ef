// Settings of the process that libtorch keeps in one place.
#include <ATen/Context.h>

#include <cstdlib>

extern "C" {

void arithmetic_allow_tf32(bool allow) {
  at::globalContext().setAllowTF32CuBLAS(allow);
  at::globalContext().setAllowTF32CuDNN(allow);
}

bool arithmetic_allows_tf32() {
  return at::globalContext().allowTF32CuBLAS() && at::globalContext().allowTF32CuDNN();
}

void arithmetic_be_deterministic(bool deterministic) {
  if (deterministic) {
    // cuBLAS reads it when it is first used; what the user chose stays.
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  }
  // What has no deterministic form warns and goes on: a result is better than none, and the record says what was asked for.
  at::globalContext().setDeterministicAlgorithms(deterministic, /*warn_only=*/true);
  at::globalContext().setDeterministicCuDNN(deterministic);
  // Otherwise cuDNN may choose another algorithm each time that it measures them.
  at::globalContext().setBenchmarkCuDNN(false);
}

bool arithmetic_is_deterministic() {
  return at::globalContext().deterministicAlgorithms() && at::globalContext().deterministicCuDNN();
}
}

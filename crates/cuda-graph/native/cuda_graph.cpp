// Streams and graphs of CUDA as libtorch has them, which `tch` has no functions for.
//
// A shared library of its own: what it calls lies in `libtorch_cuda.so`, which programs do not link but load where it is.
// Functions give null, or a message that is to be freed with `free`.

#include <ATen/core/CachingHostAllocator.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <cstdlib>
#include <memory>

#include "guard.h"

namespace {

// A stream, and what was current before it.
struct Stream {
  c10::cuda::CUDAStream own, before;
  c10::DeviceIndex device_before;
};

// Does what may not be possible any more, or not needed.
template <typename Work>
void if_possible(Work work) {
  free(guarded(work));
}

// A graph that takes back what a capture has begun and not ended. libtorch's own leaves its allocators in the capture then, for as long
// as the process runs: they ask a graph that is gone whose memory is whose, and free no cached memory where a GPU's is full.
struct Graph final : at::cuda::CUDAGraph {
  void abandon() {
    // What ended well is given back by the destructor.
    if (capture_ended_ || capture_dev_ == UNDEFINED_DEVICE) return;
    using namespace c10::cuda;
    if_possible([&] { CUDACachingAllocator::endAllocateToPool(capture_dev_, mempool_id_); });
    if_possible([&] { CUDACachingAllocator::releasePool(capture_dev_, mempool_id_); });
    at::HostAllocator* host = at::getHostAllocator(at::kCUDA);
    if_possible([&] { host->end_allocate_to_pool(mempool_id_); });
    if_possible([&] { host->release_pool(mempool_id_); });
  }
};

}  // namespace

// Makes a device the calling thread's current one, where captures look for their stream, and a stream of libtorch's pool the current one
// there.
extern "C" char* cuda_graph_enter_stream(int device, Stream** stream) {
  return guarded([&] {
    const auto index = static_cast<c10::DeviceIndex>(device);
    auto made = std::make_unique<Stream>(Stream{c10::cuda::getStreamFromPool(false, index),
                                                c10::cuda::getCurrentCUDAStream(index), c10::cuda::current_device()});
    c10::cuda::set_device(index);
    c10::cuda::setCurrentCUDAStream(made->own);
    *stream = made.release();
  });
}

// Waits until the stream has done all that it was given, and makes current again what was before it. Frees it in any case.
extern "C" char* cuda_graph_leave_stream(Stream* stream) {
  const std::unique_ptr<Stream> owned(stream);
  return guarded([&] {
    c10::cuda::setCurrentCUDAStream(owned->before);
    c10::cuda::set_device(owned->device_before);
    owned->own.synchronize();
  });
}

// Waits until a device has done all that it was given on all streams.
extern "C" char* cuda_graph_synchronise(int device) {
  return guarded([&] {
    const c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(device));
    c10::cuda::device_synchronize();
  });
}

// From here on the current stream of the calling thread takes notes instead of working. Of this thread only: others may go on.
extern "C" char* cuda_graph_begin(Graph** graph) {
  return guarded([&] {
    auto made = std::make_unique<Graph>();
    try {
      made->capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    } catch (...) {
      made->abandon();
      throw;
    }
    *graph = made.release();
  });
}

extern "C" char* cuda_graph_end(Graph* graph) {
  char* message = guarded([&] { graph->capture_end(); });
  if (message != nullptr) {
    graph->abandon();
    // An error of a capture that failed would be taken for one of the next kernel.
    (void)cudaGetLastError();
  }
  return message;
}

extern "C" char* cuda_graph_replay(Graph* graph) {
  return guarded([&] { graph->replay(); });
}

extern "C" void cuda_graph_free(Graph* graph) { delete graph; }

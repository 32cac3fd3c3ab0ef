//! Memory for libtorch's buffers.
//!
//! A training step allocates and frees the same few hundred tensors over and over, most of them too large for the C library's
//! caches, which hands their pages back to the system and fetches them again. mimalloc keeps them. Its symbols take the place of
//! `malloc` and its like in the whole process, libtorch included; `reports/bench` has what that gains.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// Calls from Rust into C++ that may throw.

#pragma once

#include <c10/util/Exception.h>

#include <cstring>
#include <exception>

// Does the work; null, or a message of what went wrong that is to be freed with `free`.
template <typename Work>
char* guarded(Work work) {
  try {
    work();
    return nullptr;
  } catch (const c10::Error& error) {
    return strdup(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return strdup(error.what());
  } catch (...) {
    return strdup("something that is not a C++ exception was thrown");
  }
}

#ifndef CPROCESS_H
#define CPROCESS_H

// Settings of the whole process; for executables only, never for a library.

/// Has the allocator return large blocks to the system as soon as they are freed.
///
/// By default glibc begins to keep blocks of up to 32 MiB after the first large one was freed. Does nothing with other C libraries.
void cp_return_large_blocks(void);

#endif

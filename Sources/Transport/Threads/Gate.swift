internal import CSockets

/// Holds a thread up until another opens it, once and for good.
@safe final class Gate: @unchecked Sendable {
  private let gate: OpaquePointer

  init() {
    guard let gate = unsafe cs_gate_create() else { fatalError("no memory for a gate") }
    unsafe self.gate = unsafe gate
  }

  deinit { unsafe cs_gate_destroy(gate) }

  /// Lets all through who wait, and who come later.
  func open() { unsafe cs_gate_open(gate) }

  /// Waits until the gate is open.
  func wait() { unsafe cs_gate_wait(gate) }
}

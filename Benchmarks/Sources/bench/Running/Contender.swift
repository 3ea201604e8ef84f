import CBench

/// Who is measured: a kernel in this process, or a peer in Python.
struct Contender {
  enum Work {
    case kernel(bench_kernel)
    case python(PythonPeer.Job)
  }

  let name: String
  let isOurs: Bool
  let work: Work
  /// Does the same and writes down what it made of the input.
  let transcribe: bench_kernel?

  static func ours(_ name: String, transcribe: bench_kernel? = nil, _ kernel: @escaping bench_kernel) -> Contender {
    Contender(name: name, isOurs: true, work: .kernel(kernel), transcribe: transcribe)
  }

  /// What the others are compared with only: its result means nothing.
  var isYardstick: Bool { ["empty call", "memcpy", "refill alone"].contains(name) }
}

/// One input and who is measured on it, the first of them ours.
struct Contest {
  /// How it is known that a contender did the work.
  enum Check {
    /// It returns what is expected.
    case result
    /// It leaves these octets in place of the input.
    case octets([UInt8])
    /// It, or its transcript if it has one, writes these octets.
    case output([UInt8])
  }

  let name: String
  let workspace: Workspace
  /// How many items one call handles, whose time is reported.
  var items = 1
  /// The octets of one item for the throughput; 0 where it makes no sense.
  var octetsPerItem = 0.0
  /// What a call returns.
  let expected: UInt64
  var check = Check.result
  /// What is known beforehand to be wrong with contenders, by name.
  var remarks: [String: String] = [:]
  let contenders: [Contender]
}

import CBench

/// The buffers of one input, as kernels see them; they live until the process ends.
final class Workspace {
  let input: UnsafeMutablePointer<bench_input>

  /// Creates buffers that hold `octets`, cut at `ends` (default: one piece).
  init(_ octets: [UInt8], ends: [Int]? = nil, outputCapacity: Int = 0, key: UInt32 = 0x7A3C_9E51) {
    let room = Self.allocate(octets.count)
    let original = Self.allocate(octets.count)
    let output = Self.allocate(outputCapacity)
    let cuts = ends ?? [octets.count]
    let cutRoom = UnsafeMutablePointer<Int>.allocate(capacity: max(cuts.count, 1))
    cutRoom.initialize(from: cuts, count: cuts.count)
    original.update(from: octets, count: octets.count)
    input = .allocate(capacity: 1)
    input.initialize(
      to: bench_input(
        octets: room, count: octets.count, original: original, ends: cutRoom, piece_count: cuts.count, output: output,
        capacity: outputCapacity, output_count: 0, key: key))
    reset()
  }

  /// Makes the buffers what they were at first.
  func reset() {
    bench_refill(input)
    input.pointee.output_count = 0
  }

  var octets: [UInt8] { Array(UnsafeBufferPointer(start: input.pointee.octets, count: input.pointee.count)) }

  var output: [UInt8] { Array(UnsafeBufferPointer(start: input.pointee.output, count: input.pointee.output_count)) }

  /// Aligned to a cache line, with every octet written once, so that no first touch of a page is timed.
  private static func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    let room = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 64).bindMemory(to: UInt8.self, capacity: max(count, 1))
    room.initialize(repeating: 0, count: max(count, 1))
    return room
  }
}

extension bench_input {
  /// The octets as they are now.
  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: octets, count: count) }
}

extension Workspace {
  /// The octets of the masking key as they are on the wire.
  var key: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: input.pointee.key >> ($0 * 8)) } }
}

internal import CSockets

/// Octets waiting to be sent, as the arrays in which they were handed over.
///
/// What was sent of the first segment is only remembered as an offset: slicing or removing would copy.
struct OutputQueue {
  private(set) var byteCount = 0
  private var segments: [[UInt8]] = []
  /// The first segment that is not sent completely; the ones before it are empty.
  private var head = 0
  private var headOffset = 0

  /// Small writes are joined in segments up to this size.
  private static let coalescedBytes = 16 * 1024

  var isEmpty: Bool { byteCount == 0 }

  /// Appends `octets`, the first `sent` of which are gone already; only an empty queue takes a partly sent segment.
  mutating func append(_ octets: consuming [UInt8], sent: Int = 0) {
    let added = octets.count - sent
    guard added > 0 else { return }
    if isEmpty { headOffset = sent }
    byteCount += added
    if head < segments.count, segments[segments.count - 1].count + octets.count <= Self.coalescedBytes {
      segments[segments.count - 1].append(contentsOf: octets)
    } else {
      segments.append(octets)
    }
  }

  /// Hands as many segments as fit in `pieces` to the system in one call.
  ///
  /// - Returns: What the system took, or a negative error number; and whether that was everything it was offered.
  mutating func send(to descriptor: Int32, using pieces: UnsafeMutableBufferPointer<cs_piece>) -> (result: Int, isComplete: Bool) {
    let (result, offered) = unsafe offer(from: head, pieces, count: 0, bytes: 0, to: descriptor)
    if result > 0 { consume(result) }
    return (result, result == offered)
  }

  /// Offers the first segment to `take`, which says how much of it is gone.
  mutating func takeFirst(_ take: (UnsafeBufferPointer<UInt8>) -> Int) {
    guard head < segments.count else { return }
    let taken = unsafe segments[head].withUnsafeBufferPointer { unsafe take(UnsafeBufferPointer(rebasing: $0[headOffset...])) }
    if taken > 0 { consume(taken) }
  }

  mutating func removeAll() { self = OutputQueue() }

  /// Nests one borrow of a segment in the next, so that every pointer is valid during the system call.
  private func offer(
    from index: Int, _ pieces: UnsafeMutableBufferPointer<cs_piece>, count: Int, bytes: Int, to descriptor: Int32
  ) -> (result: Int, offered: Int) {
    guard index < segments.count, count < pieces.count else {
      return (unsafe cs_send_gather(descriptor, pieces.baseAddress, count), bytes)
    }
    return unsafe segments[index].withUnsafeBytes { octets in
      let rest = unsafe octets[(index == head ? headOffset : 0)...]
      let piece = unsafe UnsafeRawBufferPointer(rebasing: rest)
      unsafe pieces[count] = unsafe cs_piece(start: piece.baseAddress, count: piece.count)
      return unsafe offer(from: index + 1, pieces, count: count + 1, bytes: bytes + piece.count, to: descriptor)
    }
  }

  private mutating func consume(_ sent: Int) {
    byteCount -= sent
    if isEmpty { return removeAll() }
    headOffset += sent
    while headOffset >= segments[head].count {
      headOffset -= segments[head].count
      segments[head] = []
      head += 1
    }
    // Removing the spent half at a time keeps the cost of a removal constant on average.
    if head >= 64, head * 2 >= segments.count {
      segments.removeFirst(head)
      head = 0
    }
  }
}

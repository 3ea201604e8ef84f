#if DEBUG  // The module's inside is visible in debug builds only.
  import Testing
  @testable import WSProtocol

  @Suite("Work for fragments")
  struct LinearWorkTests {
    /// Where the joined content is stored, and for how many octets there is room.
    private func storage(of receiver: FrameReceiver) -> (address: Int, capacity: Int)? {
      func find(_ value: Any) -> [UInt8]? {
        (value as? [UInt8]) ?? Mirror(reflecting: value).children.lazy.compactMap { find($0.value) }.first
      }
      guard let partial = Mirror(reflecting: receiver).descendant("assembler", "partial"), let octets = find(partial) else { return nil }
      return unsafe octets.withUnsafeBufferPointer { unsafe $0.baseAddress.map { (Int(bitPattern: $0), octets.capacity) } }
    }

    /// A join that copied would have new storage at every fragment; one that grows in place moves with the logarithm.
    @Test(
      "F09, F12, F28: appends to one storage, which moves a few times only and is at most twice as large as its content",
      arguments: [Opcode.text, .binary])
    func oneStorage(opcode: Opcode) throws {
      var limits = WSLimits()
      limits.minimumMeanFragmentBytes = 1
      var receiver = FrameReceiver(role: .server, limits: limits, decompressor: nil)
      var moves = 0
      var last: Int?
      for number in 0..<5_000 {
        let octets = frame(number == 0 ? opcode.rawValue : 0, [UInt8](repeating: 0x61, count: 10))
        var index = 0
        #expect(try receiver.receive(octets.span, at: &index, now: .zero) == nil)
        let present = try #require(storage(of: receiver))
        if present.address != last { moves += 1 }
        last = present.address
        #expect(present.capacity <= 2 * receiver.heldOctets + 64, "the allocator rounds up")
      }
      #expect(receiver.heldOctets == 50_000)
      #expect(moves < 40, "\(moves) moves for 5,000 fragments")
    }
  }
#endif

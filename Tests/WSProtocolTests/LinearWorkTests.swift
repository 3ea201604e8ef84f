#if DEBUG  // The module's inside is visible in debug builds only.
  import Testing
  @testable import WSProtocol

  @Suite("Work for fragments")
  struct LinearWorkTests {
    /// The storage of the joined content, if the assembler has one.
    private func storage(of assembler: MessageAssembler) -> Int? {
      func find(_ value: Any) -> [UInt8]? {
        (value as? [UInt8]) ?? Mirror(reflecting: value).children.lazy.compactMap { find($0.value) }.first
      }
      guard let progress = Mirror(reflecting: assembler).descendant("progress"), let octets = find(progress) else { return nil }
      return unsafe octets.withUnsafeBufferPointer { unsafe $0.baseAddress.map { Int(bitPattern: $0) } }
    }

    /// A join that copied would have new storage at every fragment; one that grows in place moves with the logarithm.
    @Test("F12 F28 appends to one storage, which moves a few times only", arguments: [Opcode.text, .binary])
    func oneStorage(opcode: Opcode) throws {
      var limits = WSLimits()
      limits.minimumMeanFragmentBytes = 1
      var assembler = MessageAssembler(limits: limits)
      let part = [UInt8](repeating: 0x61, count: 10)
      var moves = 0
      var last: Int?
      for number in 0..<5_000 {
        let header = FrameHeader(opcode: number == 0 ? opcode : .continuation, payloadLength: 10, isFinal: false)
        try assembler.begin(header, now: .zero, offset: 0)
        try assembler.append(part.span, key: MaskingKey(littleEndian: 0x0101_0101), offset: 0)
        #expect(try assembler.endFrame(isFinal: false, offset: 0) == nil)
        let present = try #require(storage(of: assembler))
        if present != last { moves += 1 }
        last = present
      }
      #expect(assembler.heldOctets == 50_000)
      #expect(moves < 40, "\(moves) moves for 5,000 fragments")
    }
  }
#endif

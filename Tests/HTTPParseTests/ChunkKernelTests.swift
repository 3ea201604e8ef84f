import HTTPParse
import ProtocolTesting
import Testing

@Suite("Chunks in place")
struct ChunkKernelTests {
  /// What a decoder made of pieces of a body.
  private struct Outcome: Equatable {
    var content: [UInt8] = []
    var rest: [UInt8] = []
    var trailers: String?
    var error: HTTPParseError?
    var offset = 0
  }

  private func inPlace(_ pieces: [[UInt8]]) -> Outcome {
    var decoder = ChunkedDecoder(offset: 7)
    var outcome = Outcome()
    do throws(HTTPParseError) {
      for piece in pieces {
        var memory = piece
        if outcome.trailers != nil {
          outcome.rest += piece
          continue
        }
        var span = memory.mutableSpan
        let compaction = try decoder.decode(inPlace: &span)
        outcome.content += memory[..<compaction.content]
        outcome.rest += memory[compaction.consumed...]
        outcome.trailers = compaction.trailers.map(words)
      }
      var none: [UInt8] = []
      var span = none.mutableSpan
      _ = try decoder.decode(inPlace: &span)
    } catch {
      outcome.error = error
    }
    outcome.offset = decoder.offset
    return outcome
  }

  private func inRanges(_ input: [UInt8], usesFastPaths: Bool) -> Outcome {
    var decoder = ChunkedDecoder(offset: 7)
    decoder.usesFastPaths = usesFastPaths
    var outcome = Outcome()
    var index = 0
    do throws(HTTPParseError) {
      while let event = try decoder.receive(input.span, at: &index) {
        switch event {
        case .content(let range): outcome.content += input[range]
        case .end(let trailers): outcome.trailers = words(trailers)
        }
      }
      outcome.rest = Array(input[index...])
    } catch {
      outcome.error = error
    }
    outcome.offset = decoder.offset
    return outcome
  }

  @Test("an index outside of the span ends the program")
  func indexOutside() async {
    await #expect(processExitsWith: .failure) {
      var decoder = ChunkedDecoder()
      var index = -1
      _ = try? decoder.receive(Array("5\r\nhello\r\n".utf8).span, at: &index)
    }
    await #expect(processExitsWith: .failure) {
      var decoder = ChunkedDecoder()
      var index = 4
      _ = try? decoder.receive(Array("5\r\n".utf8).span, at: &index)
    }
  }

  @Test("chunks of all lengths from 1 to 400, in digits of either case, leave their content in front")
  func lengths() {
    for length in 1...400 {
      let digits = String(length, radix: 16, uppercase: length % 2 == 0)
      let content = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
      let zeros = String(repeating: "0", count: length % 12)
      let one = Array("\(zeros)\(digits)\r\n".utf8) + content + [0x0D, 0x0A]
      let input = one + Array("3\r\nabc\r\n".utf8) + one + Array("0\r\n\r\nrest".utf8)
      let outcome = inPlace([input])
      if outcome.content != content + Array("abc".utf8) + content || outcome.rest != Array("rest".utf8) || outcome.trailers != "" {
        Issue.record("length \(length): \(outcome)")
      }
      #expect(outcome == inRanges(input, usesFastPaths: false))
    }
  }

  @Test(
    "in place, in ranges, and octet by octet give the same, however the body is cut",
    arguments: [
      "10\r\n0123456789abcdef\r\n1;x=\"y;z\"\r\nA\r\n00000000000000f\r\n0123456789abcde\r\n0\r\nX: y\r\n\r\nrest",
      "5\r\nhello\r\n000000000000000000005\r\n", "5\r\nhelloX\r\n", "5\r\nhello\r\n5 \r\nhello\r\n", "2\r\nab\r\n0\r\nX : y\r\n\r\n",
      "5\r\nhello\r\ng\r\n3\r\nabc\r\n", "3\r\nabc\r\n0\r\n\r\n", "0\r\n\r\nrest", "g\r\n", "1\r\na\r\r\n", "7FFFFFFFFFFFFFF\r\nabc",
      "\r\n",
    ])
  func cuts(text: String) {
    let input = Array(text.utf8)
    let slow = inRanges(input, usesFastPaths: false)
    #expect(inRanges(input, usesFastPaths: true) == slow)
    for delivery in [.whole] + Delivery.all(length: input.count) {
      #expect(inPlace(delivery.pieces(of: input)) == slow, "\(delivery)")
    }
  }

  @Test("bodies changed at random give the same in place, in ranges, and octet by octet", arguments: 0..<4)
  func mutations(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let odd = Array("\r\n;0fF \"\u{0}g-".utf8)
    for _ in 0..<300 {
      var input: [UInt8] = []
      for _ in 0..<Int.random(in: 0...6, using: &generator) {
        let content = generator.octets(Int.random(in: 1...40, using: &generator))
        input += MessageSerializer.chunk(content)
      }
      input += Array("0\r\n\r\n".utf8)
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        let place = Int.random(in: 0..<input.count, using: &generator)
        input[place] = odd[Int.random(in: 0..<odd.count, using: &generator)]
      }
      let slow = inRanges(input, usesFastPaths: false)
      let split = Delivery.split(at: Int.random(in: 0...input.count, using: &generator))
      if inRanges(input, usesFastPaths: true) != slow || inPlace([input]) != slow || inPlace(split.pieces(of: input)) != slow {
        Issue.record("\(input), \(split)")
      }
    }
  }
}

import CBench
import WSProtocol

// One connection for each kind of use for the whole run, as servers have it.
nonisolated(unsafe) private var bare = FrameDecoder(role: .server, checksUTF8: false)
nonisolated(unsafe) private var checking = FrameDecoder(role: .server)

private func decodeFrames(_ input: UnsafeMutablePointer<bench_input>, _ decoder: inout FrameDecoder, records: Bool) -> UInt64 {
  bench_refill(input)
  var octets = UnsafeMutableBufferPointer(start: input.pointee.octets, count: input.pointee.count).mutableSpan
  var index = 0
  var frames: UInt64 = 0
  do throws(WSError) {
    while let piece = try decoder.next(in: &octets, at: &index) {
      if piece.endsFrame { frames += 1 }
      if records {
        let first = piece.opcode.rawValue | (piece.isFinal ? 0x80 : 0)
        bench_write_frame(input, first, input.pointee.octets + piece.start, UInt64(piece.count))
      }
    }
  } catch { return 0 }
  return frames
}

let decoderKernel: bench_kernel = { decodeFrames($0, &bare, records: false) }
let decoderTranscript: bench_kernel = { decodeFrames($0, &bare, records: true) }
let checkingDecoderKernel: bench_kernel = { decodeFrames($0, &checking, records: false) }
let checkingDecoderTranscript: bench_kernel = { decodeFrames($0, &checking, records: true) }

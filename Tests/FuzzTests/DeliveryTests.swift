import Testing

@testable import FuzzProperties

@Suite("Deliveries")
struct DeliveryTests {
  @Test("pieces join to the input, whatever the seed", arguments: [0, 1, 7, 255, 65535] as [UInt16])
  func piecesJoin(seed: UInt16) {
    let octets = (0..<200).map { UInt8($0) }
    let deliveries = Delivery.all(count: octets.count, seed: seed, boundaries: [0, 5, 199, 200])
    #expect(deliveries.count >= 2)
    for delivery in deliveries {
      #expect(Array(delivery.pieces(of: octets).joined()) == octets, "\(delivery.name)")
      #expect(delivery.pieces(of: octets).allSatisfy { !$0.isEmpty }, "\(delivery.name)")
    }
  }

  @Test("the octet before, at and after a place where something was reported is a cut")
  func boundaries() {
    let cuts = Delivery.all(count: 10, seed: 3, boundaries: [5]).map(\.cuts)
    for cut in 4...6 { #expect(cuts.contains([cut])) }
  }

  @Test("inputs too short to be cut are not cut")
  func short() { #expect(Delivery.all(count: 1, seed: 9, boundaries: [1]).isEmpty) }
}

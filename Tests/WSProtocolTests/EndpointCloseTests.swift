import Testing
import WSProtocol

@Suite("The closing handshake")
struct EndpointCloseTests {
  static let codes: [UInt16] = Array(1000...1003) + Array(1007...1014) + [3000, 3999, 4000, 4999]

  @Test("F23: answers a legal code with the same code and no reason", arguments: codes)
  func echo(code: UInt16) {
    for role in [Role.server, .client] {
      let endpoint = TestedEndpoint(role)
      let octets = frame(0x88, closing(code, Array("why".utf8)), from: role.peer)
      #expect(endpoint.receive(octets) == [.closeReceived(payload(code, "why"))])
      #expect(endpoint.takeFrames().map(\.payload) == [closing(code)])
      #expect(endpoint.failure == nil)
      #expect(!endpoint.isOpen)
    }
  }

  @Test("answers a Close frame without a code without one")
  func empty() {
    let endpoint = TestedEndpoint(.server)
    #expect(endpoint.receive(frame(0x88)) == [.closeReceived(.empty)])
    #expect(endpoint.takeOutput() == hex("88 00"))
  }

  @Test("started by the peer finishes a server at once; a client waits for the server to drop the connection", arguments: [true, false])
  func byPeer(asServer: Bool) {
    let role: Role = asServer ? .server : .client
    let endpoint = TestedEndpoint(role)
    endpoint.receive(frame(0x88, closing(1000), from: role.peer), at: .seconds(1))
    #expect(endpoint.isFinished == asServer)
    #expect(endpoint.nextDeadline == (asServer ? nil : .seconds(6)))
  }

  @Test("F26: that is complete ends without a failure when the server keeps the connection")
  func serverKeepsConnection() {
    let endpoint = TestedEndpoint(.client)
    #expect(endpoint.receive(frame(0x88, closing(1000), from: .server)) == [.closeReceived(payload(1000))])
    endpoint.handleDeadline(at: .milliseconds(4999))
    #expect(!endpoint.isFinished)
    #expect(endpoint.handleDeadline(at: .seconds(5)) == [])
    #expect(endpoint.isFinished)
    #expect(endpoint.failure == nil)
    #expect(endpoint.nextDeadline == nil)
  }

  @Test("F26: that is complete leaves a server nothing to wait for")
  func serverIsDone() {
    let endpoint = TestedEndpoint(.server)
    #expect(endpoint.receive(frame(0x88)).count == 1)
    #expect(endpoint.handleDeadline(at: .seconds(60)) == [])
    #expect(endpoint.failure == nil)
  }

  @Test("started by us ends with the peer's Close frame, which is not answered again", arguments: [Role.server, .client])
  func byUs(role: Role) throws {
    let endpoint = TestedEndpoint(role)
    try endpoint.close(payload(1001, "bye"), at: .seconds(2))
    #expect(!endpoint.isOpen)
    #expect(!endpoint.isFinished)
    #expect(endpoint.nextDeadline == .seconds(7))
    #expect(endpoint.takeFrames().map(\.payload) == [closing(1001, Array("bye".utf8))])
    #expect(endpoint.receive(frame(0x88, closing(1001), from: role.peer), at: .seconds(3)) == [.closeReceived(payload(1001))])
    #expect(endpoint.takeOutput() == [])
    #expect(endpoint.failure == nil)
    #expect(endpoint.isFinished == (role == .server))
  }

  @Test("started by both at once has one Close frame each way, and each side sees the other's code")
  func simultaneous() throws {
    let client = TestedEndpoint(.client)
    let server = TestedEndpoint(.server)
    try client.close(payload(1001))
    try server.close(payload(3000))
    let fromClient = client.takeOutput()
    let fromServer = server.takeOutput()
    #expect(client.receive(fromServer) == [.closeReceived(payload(3000))])
    #expect(server.receive(fromClient) == [.closeReceived(payload(1001))])
    #expect(client.takeOutput() == [])
    #expect(server.takeOutput() == [])
    #expect(server.isFinished)
    #expect(!client.isFinished)
  }

  @Test("drops messages that cross our Close frame")
  func crossing() throws {
    let endpoint = TestedEndpoint(.server)
    try endpoint.close(.empty)
    let octets = frame(0x81, "late") + frame(0x88, closing(1000))
    #expect(endpoint.receive(octets) == [.closeReceived(payload(1000))])
  }

  @Test("F26: is given up after 5 s without the peer's Close frame, with no more octets")
  func givenUp() throws {
    let endpoint = TestedEndpoint(.client)
    try endpoint.close(.empty, at: .seconds(10))
    #expect(endpoint.takeFrames().count == 1)
    #expect(endpoint.handleDeadline(at: .milliseconds(14_999)) == [])
    #expect(endpoint.handleDeadline(at: .seconds(15)) == [.failed(WSError(.closeHandshakeTimeout, offset: 0))])
    #expect(endpoint.isFinished)
    #expect(endpoint.takeOutput() == [])
  }

  @Test("lets what was queued before go out first")
  func queuedBefore() throws {
    let endpoint = TestedEndpoint(.server)
    try endpoint.send(Message(.text, Array("last".utf8)))
    try endpoint.close(payload(1000))
    #expect(endpoint.takeOutput() == hex("81 04 6C617374 88 02 03E8"))
  }
}

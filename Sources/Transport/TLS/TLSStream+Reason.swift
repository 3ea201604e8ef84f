extension TLSStream {
  /// Why the stream is closing, as long as its end waits for the peer to take the alert that says so.
  package var reasonToClose: CloseReason? {
    switch state {
    case .closing(let reason): reason
    case .handshaking, .open, .lingering, .closed: nil
    }
  }
}

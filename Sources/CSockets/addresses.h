#ifndef CSOCKETS_ADDRESSES_H
#define CSOCKETS_ADDRESSES_H

#include <sys/socket.h>

#include "CSockets.h"

/// Reads the address that the system wrote; only as much of `storage` is looked at as its family has.
void cs_address_from_system(const struct sockaddr_storage *storage, cs_address *address);

#endif

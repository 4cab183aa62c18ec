// Package message turns the frames of the Jupyter messaging protocol 5.5 into
// typed messages and back, and guards them with HMAC-SHA256.
//
// A message on the wire (jupyter_client, "Messaging in Jupyter", section "The
// wire protocol"):
//
//	frame   content
//	0..n    identities: where a router sends it; on iopub the topic
//	n+1     <IDS|MSG>
//	n+2     signature: 64 lower-case hex digits, or empty without a key
//	n+3     header         JSON object  \
//	n+4     parent header  JSON object   |  the four frames that are signed,
//	n+5     metadata       JSON object   |  in this order
//	n+6     content        JSON object  /
//	n+7..   buffers, any bytes, not signed
//
// It opens no sockets and keeps no conversation: which reply belongs to which
// request is the caller's business.
//
// The hazard: a message that Decode returned shares memory with the frames it
// was given; whoever writes to one changes the other.
package message

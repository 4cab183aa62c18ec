package exportdata

import _ "embed" // for the archive

//go:embed exportdata_arm64.zip
var archive []byte

package exportdata

import _ "embed" // for the archive

//go:embed exportdata_amd64.zip
var archive []byte

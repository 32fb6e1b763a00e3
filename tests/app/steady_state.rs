//! What a stream costs once it runs: no allocation from the file to the texture.

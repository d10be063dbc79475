package casefile

// DrawNumbers lets a test choose the numbers that are drawn.
var DrawNumbers = drawNumbers

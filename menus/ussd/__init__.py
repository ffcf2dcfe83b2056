"""Lead a USSD dialogue: state, screens, layout. Pure, without clock and store."""

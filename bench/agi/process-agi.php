<?php
/**
 * One step of a call as process AGI: a PHP process for itself, in phpagi's manner. Reads the environment from
 * standard input, asks the local server over HTTP, sends one command, reads its reply, ends.
 *
 * Argument: the address to ask. With PHPAGI_DIR set, the phpagi class of that folder speaks AGI instead of
 * the lines below; its error handler is off, for PHP 8 gives such handlers one argument fewer.
 */
$address = $argv[1];
$phpagi = getenv('PHPAGI_DIR');

if ($phpagi !== false && $phpagi !== '') {
    require $phpagi . '/phpagi.php';
    $agi = new AGI(null, ['error_handler' => false, 'tempdir' => sys_get_temp_dir()]);
    $body = json_decode(file_get_contents($address), true);
    $agi->set_variable('HELPDESK_STEP', $body['step']);
    exit(0);
}

$request = [];
while (($line = fgets(STDIN)) !== false && $line !== "\n") {
    $colon = strpos($line, ':');
    $request[substr($line, 0, $colon)] = trim(substr($line, $colon + 1));
}
$body = json_decode(file_get_contents($address), true);
fputs(STDOUT, 'SET VARIABLE HELPDESK_STEP "' . str_replace('"', '\"', $body['step']) . "\"\n");
fflush(STDOUT);
$reply = trim(fgets(STDIN, 4096));
exit(substr($reply, 0, 3) === '200' ? 0 : 1);

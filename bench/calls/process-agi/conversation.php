<?php
/**
 * A whole call that opens a ticket as process AGI: one PHP process for each call, in phpagi's manner (a command, its
 * reply, the next), with the prompts and the requests of the FastAGI service. It is spared what such scripts can't keep:
 * a session at the API comes as an argument, since the API lets nobody sign in with each of so many calls.
 *
 * Arguments: the API's address, a session at it.
 */
[, $api, $session] = $argv;
$keys = '0123456789*#';
$environment = [];
while (($line = fgets(STDIN)) !== false && trim($line) !== '') {
    [$name, $value] = explode(':', $line, 2);
    $environment[$name] = trim($value);
}

function command(string $line): string
{
    fwrite(STDOUT, "$line\n");
    fflush(STDOUT);
    $reply = fgets(STDIN, 4096);
    if ($reply === false || str_starts_with($reply, 'HANGUP') || str_starts_with($reply, '511')) {
        exit(0);
    }
    return $reply;
}

/** The key that was pressed meanwhile, or nothing. */
function pressed(string $line): string
{
    preg_match('/result=(-?\d+)/', command($line), $found);
    $code = (int) ($found[1] ?? 0);
    return $code > 0 ? chr($code) : '';
}

function request(string $path, ?array $body = null): array
{
    global $api, $session;
    $headers = "Authorization: Bearer $session\r\nContent-Type: application/json\r\n";
    if ($path === 'novo_chamado') {
        $headers .= 'Idempotency-Key: ' . bin2hex(random_bytes(16)) . "\r\n";
    }
    $http = ['method' => $body === null ? 'GET' : 'POST', 'header' => $headers, 'timeout' => 15];
    if ($body !== null) {
        $http['content'] = json_encode($body);
    }
    $answer = file_get_contents("$api/api/$path", false, stream_context_create(['http' => $http]));
    return json_decode($answer, true);
}

function say(string $file): string
{
    global $keys;
    return pressed("STREAM FILE \"$file\" \"$keys\"");
}

/** A key that falls between two commands is lost to such a script, so the question is asked again. */
function ask(string $file): string
{
    global $keys;
    for ($tries = 0; $tries < 3; $tries++) {
        $key = pressed("GET OPTION \"$file\" \"$keys\" 7000");
        if ($key !== '') {
            return $key;
        }
    }
    return '';
}

$start = gmdate('Y-m-d\TH:i:s.v\Z');
$steps = [];
function enter(string $step): void
{
    global $steps;
    $steps[] = ['etapa' => $step, 'em' => gmdate('Y-m-d\TH:i:s.v\Z')];
}

command('SET VARIABLE "URA_RESULT" "started"');
preg_match('/\((.*)\)/', command('GET FULL VARIABLE "${CHANNEL(linkedid)}"'), $found);
$call = $found[1] ?? $environment['agi_uniqueid'];
preg_match('/^PJSIP\/(\d+)-/', $environment['agi_channel'], $found);
$extension = $found[1] ?? '';

enter('main-menu');
ask('ura/main-menu');
enter('confirm-extension');
$owner = request('identificar_ramal', ['ramal' => $extension, 'chamada' => $call]);
$key = say('ura/extension-name-before');
$key = $key !== '' ? $key : say($owner['url']);
$key = $key !== '' ? $key : ask('ura/extension-name-after');
command('GET FULL VARIABLE "${CHANNEL(name)}"');
request('confirmar_ramal', ['ramal' => $extension, 'usuario' => $owner['usuario'], 'chamada' => $call]);

enter('choose-category');
$catalogue = request('servicos');
$key = ask($catalogue['menu']['url']);
$category = array_values(array_filter($catalogue['categorias'], fn ($one) => $one['tecla'] === $key))[0] ?? null;
if ($category === null) {
    exit(0);
}
enter('choose-service');
$key = ask($category['menu']['url']);
$service = array_values(array_filter($category['servicos'], fn ($one) => (string) $one['opcao'] === $key))[0] ?? null;
if ($service === null) {
    exit(0);
}
enter('open-ticket');
$ticket = request('novo_chamado', [
    'usuario' => $owner['usuario'],
    'servico' => $service['codigo'],
    'chamada' => $call,
    'origem' => 'telefone',
]);

// The record is kept before the protocol is spoken: when the caller hangs up, Asterisk ends the script (SIGHUP).
enter('after-ticket');
request('registrar_ligacao', [
    'chamada' => $call,
    'rodada' => 1,
    'telefone' => $extension,
    'inicio' => $start,
    'fim' => gmdate('Y-m-d\TH:i:s.v\Z'),
    'etapas' => $steps,
    'resultado' => 'ticket_opened',
    'usuario' => $owner['usuario'],
    'protocolos' => [$ticket['protocolo']],
]);
$sounds = ['ura/ticket-opened', ...array_fill(0, 2, $ticket['url'])];
foreach ($sounds as $sound) {
    if ($sound !== null && say($sound) !== '') {
        exit(0);
    }
}
ask('ura/after-ticket');

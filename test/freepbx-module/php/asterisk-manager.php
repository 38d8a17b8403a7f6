<?php
// A stand-in for FreePBX's AGI_AsteriskManager that speaks to a real Asterisk: AMI over a socket.
declare(strict_types=1);

class StandInAsteriskManager
{
    /** @var resource */
    private $socket;

    public function __construct(int $port, string $secret)
    {
        $this->socket = stream_socket_client("tcp://127.0.0.1:$port", $code, $message, 5);
        stream_set_timeout($this->socket, 5);
        fgets($this->socket);
        $this->send(['Action' => 'Login', 'Username' => 'test', 'Secret' => $secret, 'Events' => 'off']);
    }

    public function connected()
    {
        return !feof($this->socket);
    }

    public function Command($command, $actionid = null)
    {
        return ['data' => $this->send(['Action' => 'Command', 'Command' => $command])];
    }

    private function send(array $action): string
    {
        foreach ($action as $name => $value) {
            fwrite($this->socket, "$name: $value\r\n");
        }
        fwrite($this->socket, "\r\n");
        $output = [];
        while (($line = fgets($this->socket)) !== false && trim($line) !== '') {
            if (str_starts_with($line, 'Output: ')) {
                $output[] = rtrim(substr($line, 8), "\r\n");
            }
        }
        return implode("\n", $output);
    }
}

/** A stand-in that answers each console command with a text of the test, and with nothing where there is none. */
class StandInReplies
{
    public function __construct(private array $replies)
    {
    }

    public function connected()
    {
        return true;
    }

    public function Command($command, $actionid = null)
    {
        return ['data' => $this->replies[$command] ?? ''];
    }
}

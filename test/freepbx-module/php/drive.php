<?php
// Runs the module as FreePBX does, one call after another: takes {world, calls} as JSON on standard input, gives the
// calls' results as JSON. What the module keeps lies in world.folder, so that the next process goes on from there.
declare(strict_types=1);

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    if ((error_reporting() & $level) === 0) {
        return false;
    }
    throw new ErrorException($message, 0, $level, $file, $line);
});

require __DIR__ . '/framework.php';
require __DIR__ . '/extensions.php';
require __DIR__ . '/backup.php';
require __DIR__ . '/asterisk-manager.php';

['world' => $world, 'calls' => $calls] = json_decode(stream_get_contents(STDIN), true, 32, JSON_THROW_ON_ERROR);
$module = $world['module'];
// FreePBX's own autoloader finds a module's classes by their names in its folder.
spl_autoload_register(static function (string $class) use ($module): void {
    $prefix = 'FreePBX\\modules\\Urahelpdesk\\';
    $path = $module . '/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
    if (str_starts_with($class, $prefix) && is_file($path)) {
        require $path;
    }
});

setlocale(LC_ALL, '');
bindtextdomain('urahelpdesk', "$module/i18n");
bind_textdomain_codeset('urahelpdesk', 'utf8');
textdomain('urahelpdesk');

define('FREEPBX_IS_AUTH', true);
FreePBX\DB_Helper::$file = $world['folder'] . '/kvstore.json';
FreePBX::$object = new FreePBX();
FreePBX::$object->Config = new StandInConfig([
    'ASTETCDIR' => $world['folder'] . '/etc',
    'ASTVARLIBDIR' => $world['folder'] . '/varlib',
]);
FreePBX::$object->Queues = new StandInQueues($world['queues']);
FreePBX::$object->Timeconditions = new StandInTimeconditions($world['timeConditions']);
FreePBX::$object->Modules = new StandInModules();
FreePBX::$object->astman = match (true) {
    isset($world['ami']) => new StandInAsteriskManager($world['ami']['port'], $world['ami']['secret']),
    isset($world['replies']) => new StandInReplies($world['replies']),
    default => null,
};
require "$module/Urahelpdesk.class.php";
require "$module/functions.inc.php";
FreePBX::$object->Urahelpdesk = new FreePBX\modules\Urahelpdesk(FreePBX::$object);

function page(string $module): string
{
    ob_start();
    include "$module/page.urahelpdesk.php";
    return ob_get_clean();
}

function request(string $method, array $fields): string
{
    $_SERVER['REQUEST_METHOD'] = $method;
    [$_GET, $_POST] = $method === 'POST' ? [['display' => 'urahelpdesk'], $fields] : [$fields, []];
    $_REQUEST = $_GET + $_POST;
    FreePBX::$object->Urahelpdesk->doConfigPageInit('urahelpdesk');
    return page($GLOBALS['module']);
}

function run(array $call): mixed
{
    $freepbx = FreePBX::$object;
    $urahelpdesk = $freepbx->Urahelpdesk;
    $arguments = $call['arguments'] ?? [];
    switch ($call['do']) {
        case 'post':
            return request('POST', $call['fields']);
        case 'get':
            return request('GET', $call['fields']);
        case 'action-bar':
            return array_keys($urahelpdesk->getActionBar($call['fields']));
        case 'apply-config':
            $ext = new extensions();
            if ($urahelpdesk::myDialplanHooks() === true) {
                $urahelpdesk->doDialplanHook($ext, 'asterisk', 500);
            }
            $urahelpdesk->writeConfig($urahelpdesk->genConfig());
            return $ext->generateConf();
        case 'backup':
            $backup = new FreePBX\modules\Urahelpdesk\Backup($freepbx);
            $backup->runBackup('1', '1');
            return ['configs' => $backup->getConfigs(), 'dependencies' => $backup->getDependencies()];
        case 'restore':
            $restore = new FreePBX\modules\Urahelpdesk\Restore($freepbx, $call['configs']);
            $restore->runRestore();
            return $restore->logged;
        case 'search':
            $results = [];
            $urahelpdesk->search($call['query'], $results);
            return $results;
        case 'method':
            return $urahelpdesk->{$call['name']}(...$arguments);
        case 'function':
            return $call['name'](...$arguments);
        case 'probe':
            return FreePBX\modules\Urahelpdesk\FastAgiProbe::ask($call['server'], $call['timeoutSeconds']);
        case 'runs-module':
            return $urahelpdesk->pbx()->runsModule($call['name']);
        case 'reloads-needed':
            return $GLOBALS['reloadsNeeded'];
    }
    throw new Exception("no call {$call['do']}");
}

echo json_encode(array_map(run(...), $calls), JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);

<?php
// Stand-ins for the base classes of FreePBX's module backup (BackupBase.php, RestoreBase.php, release/17.0).
declare(strict_types=1);

namespace FreePBX\modules\Backup;

class StandInModel
{
    protected $FreePBX;
    protected $data = ['configs' => [], 'dependencies' => []];
    public array $logged = [];

    final public function __construct($freepbx, array $configs = [])
    {
        $this->FreePBX = $freepbx;
        $this->data['configs'] = $configs;
    }

    public function getConfigs($options = [])
    {
        return $this->data['configs'];
    }

    public function getDependencies($options = [])
    {
        return $this->data['dependencies'];
    }

    protected function log($message = '', $level = 'INFO')
    {
        $this->logged[] = "$level $message";
    }
}

class BackupBase extends StandInModel
{
    public function runBackup($id, $transaction)
    {
    }

    public function addConfigs($settings)
    {
        $this->data['configs'] = $settings;
    }

    public function addDependency($dependency)
    {
        $this->data['dependencies'][] = $dependency;
    }
}

class RestoreBase extends StandInModel
{
    public function runRestore()
    {
    }

    public function processLegacy($pdo, $data, $tables, $unknownTables)
    {
    }
}
